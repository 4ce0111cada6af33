import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Driver, FormValues, Provider, ProviderContext, ProviderSession } from '../provider.ts'
import { hostOf } from '../wire/service-address.ts'
import { isServiceError, otherRole } from './call.ts'
import { sftpgoFields } from './fields.ts'
import { silence } from './forbidden.ts'
import { tryKeys } from './key-trial.ts'
import { endKey, isApiKey, mintKey } from './keys.ts'
import { askForToken, discard, logout, readAccessToken } from './login.ts'
import { probeToken } from './token-check.ts'

/**
 * SFTPGo's REST API: a password for a JWT that the server bounds in time and binds to an address;
 * for an administrator also API keys with an end of their own.
 */
export const sftpgo: Provider = {
  id: 'sftpgo',
  title: 'SFTPGo',
  summary: 'File server; tokens for its REST API, as a user or an administrator.',
  fields: sftpgoFields,
  place: ['url', 'role'],

  async login({ values, secrets, oneTimeCode }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', 'The password is missing.', { field: 'password' })
    }
    const code = oneTimeCode ? parseCode(oneTimeCode) : ''
    const answer = await askForToken(values, password, code, context)
    if (isServiceError(answer, 401) && !oneTimeCode) {
      const what = 'did not accept the password, or it wants a one-time code as well.'
      throw new TokentrayError('otp_required', `${hostOf(values)} ${what}`, {
        hint: `Enter the password again, and the code if the account has one. ${otherRole(values)}`,
      })
    }
    const token = await readAccessToken(answer, values, context)
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
    if (!password) throw new TokentrayError('wrong_credentials', 'There is no password any more.')
    const answer = await askForToken(values, password, '', context)
    return { token: await readAccessToken(answer, values, context) }
  },

  async revoke(token, values, context) {
    // Keys cannot manage keys, themselves included.
    if (isApiKey(token)) return 'not_supported'
    return logout(token.value, values, context)
  },

  probe: probeToken,
}

const byApiKey: Driver = {
  ...byLogin,
  leaseKinds: ['dedicated', 'shared'],
  mintsFrom: 'session',
  // Keys that have ended are never removed from the list of the administrator.
  listsExpired: true,
  revokesOnlySessions: true,

  async mint(session, request, context) {
    return { token: await mintKey(session, request, context) }
  },

  async revokeLease(lease, session, context) {
    const { token } = lease
    // From before the account was set to API keys.
    if (token && !isApiKey(token)) return logout(token.value, session.values, context)
    return endKey(lease, session, context)
  },
}

function leasesByKey({ role, leaseBy }: FormValues): boolean {
  return role === 'admin' && leaseBy === 'api_key'
}

/** Once for what a person has entered, and not each time that the session is renewed. */
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
    // Where there is a record it is ended after what it ends.
    if (!trials) await discard(token, values, context)
    throw (isTokentrayError(error) && error.ofNewToken) || error
  }
}

function parseCode(code: Secret): string {
  const digits = code.reveal().replace(/\s/g, '')
  if (/^(\d{6})?$/.test(digits)) return digits
  throw new TokentrayError('invalid_request', 'A one-time code has six digits.', {
    field: 'code',
    hint: 'Enter the code that the authenticator app shows now; recovery codes do not work here.',
  })
}
