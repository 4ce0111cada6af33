import type { FormValues, Provider } from '../provider.ts'
import { apiTokenDriver, logInByToken } from './api-token-auth.ts'
import { koyebFields } from './fields.ts'
import { logInByPassword, passwordDriver } from './password-auth.ts'

/**
 * Koyeb's API: an API token that makes access tokens of any length up to a day, which end by
 * themselves alone; or, while the vendor keeps it, the old login with a token that can be ended.
 */
export const koyeb: Provider = {
  id: 'koyeb',
  title: 'Koyeb',
  summary: 'Application hosting; access tokens from an API token, or the old login.',
  fields: koyebFields,
  place: ['url', 'way'],
  login: (form, context) =>
    isByPassword(form.values) ? logInByPassword(form, context) : logInByToken(form, context),
  driver: (values) => (isByPassword(values) ? passwordDriver : apiTokenDriver),
}

const isByPassword = (values: FormValues) => values['way'] === 'password'
