import { randomUUID } from 'node:crypto'
import type { GlowmarktAccount, GlowmarktOptions } from './glowmarkt-simulator.ts'
import { type GlowmarktToken, GlowmarktTokens } from './glowmarkt-tokens.ts'
import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

const BASE = '/api/v0-1'
const WEEK_SECONDS = 7 * 86_400
const BY_PASSWORD = { authenticationFramework: 'JWT', grantType: 'password' }
/** A route of another part of the API, which has its own refusals. */
const OF_ENERGY = 'GET /virtualentity'
const NOT_VALID = { valid: false }
const CALLS = new Set([
  'POST /auth',
  'GET /auth',
  'GET /auth/token',
  'GET /auth/newToken',
  'DELETE /auth/deleteToken',
  OF_ENERGY,
])
const ONE_TOKEN = /^DELETE \/auth\/token\/([^/]+)$/

/** What authorized requests return. */
const ENTITIES = [{ veId: randomUUID(), name: 'Smart Home', active: true, resources: [] }]

/** The token routes of Glowmarkt's API. */
export class GlowmarktService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly #options: GlowmarktOptions
  readonly #tokens: GlowmarktTokens
  readonly #ids = new Map<string, string>()

  constructor(options: GlowmarktOptions, clock: SimulatorClock) {
    this.clock = clock
    this.#options = options
    this.#tokens = new GlowmarktTokens(clock, options.tokenLifetimeSeconds ?? WEEK_SECONDS)
  }

  addPhone(username: string): GlowmarktToken {
    const grantType = 'authorization_code'
    return this.#tokens.issue(username, { authenticationFramework: 'OAuth', grantType })
  }

  addProgram(username: string): GlowmarktToken {
    return this.#tokens.issue(username, BY_PASSWORD)
  }

  isLogin({ method, path }: RecordedRequest): boolean {
    return method === 'POST' && path === `${BASE}/auth`
  }

  aliveTokens(): string[] {
    return this.#tokens.alive().map(({ token }) => token)
  }

  endOf(token: string): number | null {
    return (this.#tokens.find(token)?.exp ?? 0) * 1000
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    const { method, path, headers } = request
    const call = path.startsWith(BASE) ? `${method} ${path.slice(BASE.length)}` : ''
    const id = ONE_TOKEN.exec(call)?.[1]
    if (id === undefined && !CALLS.has(call)) {
      return { status: 404, body: { error: 'Not Found', message: 'There is no such route.' } }
    }
    // An empty one counts as missing.
    if (!headers['applicationid']) return failed(400, 'Missing elements: applicationId')
    if (call === 'POST /auth') return this.#login(request)
    const token = headers['token']
    // Where other services respond with 401.
    if (!token) return failed(400, 'Missing elements: token')
    const held = this.#tokens.find(token)
    if (held) return this.#enter(call, id, held, headers['applicationid'])
    if (call === 'DELETE /auth/deleteToken') return this.#endAgain(token)
    return call === OF_ENERGY ? denied() : this.#refuse(call)
  }

  /** The routes that create, show, list and revoke tokens never respond with 401. */
  #refuse(call: string): SimulatedAnswer {
    const { refusedToken = 'error' } = this.#options
    if (refusedToken === 'error') return failed(400, 'The token was not accepted')
    const hasValid = call === 'GET /auth' || call === 'GET /auth/newToken'
    if (refusedToken === 'not_valid_ok' && hasValid) return { status: 200, body: NOT_VALID }
    return { status: 400, body: NOT_VALID }
  }

  #login({ headers, body }: RecordedRequest): SimulatedAnswer {
    const entered = /^application\/json/.test(headers['content-type'] ?? '') ? parse(body) : null
    if (!entered) return failed(400, 'Missing elements: username, password')
    const account = this.#options.accounts.find(({ username }) => username === entered.username)
    if (account?.password !== entered.password) return denied()
    if (account.notValid) return { status: 200, body: NOT_VALID }
    this.counts.logins += 1
    const made = this.#issue(account)
    return {
      status: 200,
      body: {
        ...this.#whose(made, headers['applicationid']),
        name: account.username,
        ...fresh(made),
      },
      token: made.token,
    }
  }

  #enter(
    call: string,
    id: string | undefined,
    held: GlowmarktToken,
    applicationId: string | undefined,
  ): SimulatedAnswer {
    if (id !== undefined) return this.#endById(id, held)
    switch (call) {
      case 'GET /auth': {
        const { exp } = held
        return { status: 200, body: { ...this.#whose(held, applicationId), valid: true, exp } }
      }
      case 'GET /auth/token':
        return { status: 200, body: this.#aliveOf(held).map((token) => this.#toItem(token)) }
      case 'GET /auth/newToken': {
        const made = this.#issue(held)
        return { status: 200, body: fresh(made), token: made.token }
      }
      case 'DELETE /auth/deleteToken':
        this.#end(held)
        return { status: 200, body: { valid: true } }
      default:
        return { status: 200, body: ENTITIES }
    }
  }

  /** Any token of the same user, including the caller's own. */
  #endById(id: string, held: GlowmarktToken): SimulatedAnswer {
    const wanted = this.#aliveOf(held).find(({ tokenId }) => tokenId === id)
    if (!wanted) return failed(400, 'There is no such token')
    this.#end(wanted)
    return { status: 200, body: [{ valid: true }] }
  }

  #endAgain(token: string): SimulatedAnswer {
    const isDenied = this.#options.secondLogout === 'denied' || !this.#tokens.isOurs(token)
    return isDenied ? denied() : { status: 400, body: NOT_VALID }
  }

  #end(token: GlowmarktToken): void {
    this.#tokens.delete(token)
    this.counts.logouts += 1
  }

  #issue({ username }: Pick<GlowmarktAccount, 'username'>): GlowmarktToken {
    return this.#tokens.issue(username, BY_PASSWORD)
  }

  #aliveOf({ username }: GlowmarktToken): GlowmarktToken[] {
    return this.#tokens.alive().filter((token) => token.username === username)
  }

  #toItem(token: GlowmarktToken): unknown {
    return {
      userId: this.#idOf(token.username),
      tokenId: token.tokenId,
      createdAt: new Date(token.createdAt).toISOString(),
      expiresAt: new Date(token.exp * 1000).toISOString(),
      authenticationFramework: token.authenticationFramework,
      grant_type: token.grantType,
    }
  }

  #whose({ username }: GlowmarktToken, applicationId: string | undefined) {
    return { accountId: this.#idOf(username), applicationId }
  }

  #idOf(username: string): string {
    const id = this.#ids.get(username) ?? randomUUID()
    this.#ids.set(username, id)
    return id
  }
}

const fresh = ({ exp, token }: GlowmarktToken) => ({ valid: true, exp, token })

function failed(status: number, error: string): SimulatedAnswer {
  return { status, body: { error } }
}

const denied = () => failed(401, 'Access denied')

function parse(body: string): { readonly username: string; readonly password: string } | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return null
    if (!('username' in value && 'password' in value)) return null
    const { username, password } = value
    return typeof username === 'string' && typeof password === 'string'
      ? { username, password }
      : null
  } catch {
    // Not JSON, so not a login.
    return null
  }
}
