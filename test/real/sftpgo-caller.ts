import { registerSecret } from '../helpers/marks.ts'
import { totpCode } from '../simulators/totp.ts'
import type { SftpgoServer } from './sftpgo-server.ts'

/** One for each account with a second factor: a code is accepted once per secret, for any account. */
export const TOTP_SECRETS = {
  coded: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA',
  codedtwice: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJB',
  codedroot: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJC',
} as const
export const KEYS = '/api/v2/apikeys'

export type Headers = Readonly<Record<string, string>>
export type Role = 'user' | 'admin'

interface Entered {
  readonly role?: Role
  readonly password?: string
  readonly code?: string
  readonly method?: string
  readonly path?: string
  /** Instead of `Basic`. */
  readonly scheme?: string
}

/** A client of an SFTPGo, which sends single requests and returns the responses unchanged. */
export class SftpgoCaller {
  readonly server: SftpgoServer
  readonly #password: string

  constructor(server: SftpgoServer, password: string) {
    this.server = server
    this.#password = password
  }

  /** As `send` with GET. */
  get(path: string, headers: Headers = {}): Promise<Response> {
    return this.send('GET', path, headers)
  }

  send(method: string, path: string, headers: Headers = {}, body?: unknown): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method,
      headers: { ...this.server.headers(), ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }

  /** Logs in, with the account's own password by default. */
  async login(username: string, entered: Entered = {}): Promise<Response> {
    const { role = 'user', password = this.#password, method = 'GET', scheme = 'Basic' } = entered
    const path = role === 'admin' ? '/api/v2/token' : '/api/v2/user/token'
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    return this.send(method, entered.path ?? path, {
      authorization: `${scheme} ${basic}`,
      ...(entered.code !== undefined && { 'x-sftpgo-otp': entered.code }),
    })
  }

  /** Logs in and returns the header with the token. */
  async bearerOf(username: string, role: Role = 'user', code?: string): Promise<Headers> {
    const answer = await this.login(username, { role, ...(code !== undefined && { code }) })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${username} could not log in: ${text}`)
    const token = String(memberOf(JSON.parse(text), 'access_token'))
    registerSecret(token)
    return { authorization: `Bearer ${token}` }
  }

  /** Creates a key for the user Alice, without an expiry unless the record has one. */
  async makeKey(record: object = {}): Promise<{ readonly key: string; readonly id: string }> {
    const wanted = { name: 'one', scope: 2, user: 'alice', ...record }
    const answer = await this.send('POST', KEYS, await this.bearerOf('root', 'admin'), wanted)
    const text = await answer.text()
    if (answer.status !== 201) throw new Error(`No key was created: ${text}`)
    const key = String(memberOf(JSON.parse(text), 'key'))
    registerSecret(key)
    return { key, id: String(answer.headers.get('x-object-id')) }
  }

  /** The code that an authenticator app shows now. */
  codeNow(username: keyof typeof TOTP_SECRETS): string {
    return totpCode(TOTP_SECRETS[username], this.server.now())
  }
}

/** A member of a JSON value; `undefined` without one. */
function memberOf(value: unknown, name: string): unknown {
  const members: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {}
  return members[name]
}

/** The claims of the JWT in a header, not verified. */
export function claimsOf({ authorization = '' }: Headers): unknown {
  return JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
}
