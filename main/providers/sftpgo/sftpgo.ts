import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Driver, FormValues, Provider, ProviderContext, ProviderSession } from '../provider.ts'
import { hostOf } from '../wire/service-address.ts'
import { isServiceError, roleHint } from './call.ts'
import { sftpgoFields } from './fields.ts'
import { silence } from './forbidden.ts'
import { tryKeys } from './key-trial.ts'
import { deleteLeaseKey, isApiKey, mintKey } from './keys.ts'
import { askForToken, discard, logout, readAccessToken } from './login.ts'
import { probeToken } from './token-check.ts'

/**
 * SFTPGo's REST API: a password gets a JWT, which expires and is bound to an address; administrators can also
 * create API keys with their own expiry.
 */
export const sftpgo: Provider = {
  id: 'sftpgo',
  title: 'SFTPGo',
  summary: 'File server. Tokens for its REST API, as a user or an administrator.',
  fields: sftpgoFields,
  place: ['url', 'role'],

  async login({ values, secrets, oneTimeCode }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', '"Password" is required.', { field: 'password' })
    }
    const code = oneTimeCode ? parseCode(oneTimeCode) : ''
    const response = await askForToken(values, password, code, context)
    if (isServiceError(response, 401) && !oneTimeCode) {
      const what = 'did not accept the password, or needs a one-time code.'
      throw new TokentrayError('otp_required', `${hostOf(values)} ${what}`, {
        hint: `Enter the password again, and a code if you use two-factor authentication. ${roleHint(values)}`,
      })
    }
    const token = await readAccessToken(response, values, context)
    const credential = { password }
    if (leasesByKey(values)) await proveKeys({ values, credential, token }, context)
    return {
      label: `${values['username'] ?? ''} at ${hostOf(values)}`,
      credential,
      token,
      usedCode: code !== '',
      ...(leasesByKey(values) && { learned: { keys: 'proven' } }),
    }
  },

  silence,

  driver: (values) => (leasesByKey(values) ? byApiKey : byLogin),
}

const byLogin: Driver = {
  leaseKinds: ['shared', 'dedicated'],
  mintsFrom: 'credential',

  async mint({ values, credential }, _request, context) {
    const password = credential['password']
    if (!password)
      throw new TokentrayError('wrong_credentials', 'The password is no longer stored.')
    const response = await askForToken(values, password, '', context)
    return { token: await readAccessToken(response, values, context) }
  },

  async revoke(token, values, context) {
    // A key cannot delete keys, not even itself.
    if (isApiKey(token)) return 'not_supported'
    return logout(token.value, values, context)
  },

  probe: probeToken,
}

const byApiKey: Driver = {
  ...byLogin,
  leaseKinds: ['dedicated', 'shared'],
  mintsFrom: 'session',
  // The service never removes expired keys from the administrator's list.
  listsExpired: true,
  revokesOnlySessions: true,

  async mint(session, request, context) {
    return { token: await mintKey(session, request, context) }
  },

  async revokeLease(lease, session, context) {
    const { token } = lease
    // Issued before the account was switched to API keys.
    if (token && !isApiKey(token)) return logout(token.value, session.values, context)
    return deleteLeaseKey(lease, session, context)
  },
}

function leasesByKey({ role, leaseBy }: FormValues): boolean {
  return role === 'admin' && leaseBy === 'api_key'
}

/** Only for values that the user has just entered, not at each renewal of the session. */
async function proveKeys(
  session: Required<ProviderSession>,
  context: ProviderContext,
): Promise<void> {
  const { values, token } = session
  if (values['keys'] === 'proven') return
  const { trials } = context
  await trials?.made(token, values, 'session')
  try {
    await tryKeys(session, context)
  } catch (error) {
    // With a record it is revoked later, after the key that it can delete.
    if (!trials) await discard(token, values, context)
    throw (isTokentrayError(error) && error.ofNewToken) || error
  }
}

function parseCode(code: Secret): string {
  const digits = code.reveal().replace(/\s/g, '')
  if (/^(\d{6})?$/.test(digits)) return digits
  throw new TokentrayError('invalid_request', 'A one-time code has six digits.', {
    field: 'code',
    hint: 'Enter the current code of your authenticator app. Recovery codes do not work here.',
  })
}
