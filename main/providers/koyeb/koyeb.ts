import type { FormValues, Provider } from '../provider.ts'
import { apiTokenDriver, logInByToken } from './api-token-auth.ts'
import { koyebFields } from './fields.ts'
import { logInByPassword, passwordDriver } from './password-auth.ts'

/**
 * Koyeb's API: an API token creates access tokens for up to a day, which cannot be revoked; or, while the
 * vendor keeps it, the old login with a token that can.
 */
export const koyeb: Provider = {
  id: 'koyeb',
  title: 'Koyeb',
  summary: 'Application hosting. Access tokens from an API token or the old login.',
  fields: koyebFields,
  place: ['url', 'way'],
  login: (form, context) =>
    isByPassword(form.values) ? logInByPassword(form, context) : logInByToken(form, context),
  driver: (values) => (isByPassword(values) ? passwordDriver : apiTokenDriver),
}

const isByPassword = (values: FormValues) => values['way'] === 'password'
