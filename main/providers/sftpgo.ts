import { TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { readMembers } from './members.ts'
import type { Driver, Provider } from './provider.ts'
import { bearer, callSftpgo, hostOf, isOwn, refusal } from './sftpgo-call.ts'
import { sftpgoFields } from './sftpgo-fields.ts'
import { endKey, isApiKey, KEY_HEADER, mintKey } from './sftpgo-keys.ts'
import { askForToken, logout, readAccessToken } from './sftpgo-login.ts'

/**
 * SFTPGo's REST API: a password for a JWT that the server bounds in time and binds to an address;
 * for an administrator also API keys with an end of their own.
 */
export const sftpgo: Provider = {
  id: 'sftpgo',
  title: 'SFTPGo',
  summary: 'File server; tokens for its REST API, as a user or an administrator.',
  fields: sftpgoFields,

  async login({ values, secrets, oneTimeCode }, context) {
    const password = secrets['password']
    if (!password) throw new TokentrayError('invalid_request', 'The password is missing.')
    const code = oneTimeCode ? parseCode(oneTimeCode) : ''
    const answer = await askForToken(values, password, code, context)
    if (isOwn(answer, 401) && !oneTimeCode) throw new TokentrayError('otp_required')
    return {
      label: `${values['username'] ?? ''} at ${hostOf(values)}`,
      credential: { password },
      token: await readAccessToken(answer, values, context),
      usedCode: code !== '',
    }
  },

  driver({ role, leaseBy }) {
    return role === 'admin' && leaseBy === 'api_key' ? byApiKey : byLogin
  },
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

  async probe(token, values, context) {
    const isKey = isApiKey(token)
    const actsAsAdmin = values['role'] === 'admin' && !(isKey && values['keyUser'])
    const path = actsAsAdmin ? '/api/v2/version' : '/api/v2/user/profile'
    const headers = isKey ? { [KEY_HEADER]: token.value.reveal() } : bearer(token.value)
    const answer = await callSftpgo(values, { method: 'GET', path, headers }, context)
    // 403: the token is good and the account may not do this, for example before it has changed
    // its password.
    if (answer.status === 403) return 'accepted'
    if (answer.status === 200) {
      readMembers(answer)
      return 'accepted'
    }
    // A key that was deleted is a 400: the service does not know its id.
    if (isOwn(answer, 401) || (isKey && isOwn(answer, 400))) return 'refused'
    throw refusal(answer, values, context)
  },
}

const byApiKey: Driver = {
  ...byLogin,
  leaseKinds: ['dedicated', 'shared'],
  mintsFrom: 'session',

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

function parseCode(code: Secret): string {
  const digits = code.reveal().replace(/\s/g, '')
  if (/^(\d{6})?$/.test(digits)) return digits
  throw new TokentrayError('invalid_request', 'A one-time code has six digits.', {
    hint: 'Enter the code that the authenticator app shows now; recovery codes do not work here.',
  })
}
