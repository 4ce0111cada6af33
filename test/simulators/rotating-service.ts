import { randomUUID } from 'node:crypto'
import type { RotatingOptions } from './rotating-simulator.ts'
import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

const LIFETIME_SECONDS = 1_200

interface Token {
  readonly id: string
  readonly csrf: string
  readonly expiresAt: number
}

/** What one login was given: its access tokens, and the only refresh token that still works. */
interface Grant {
  readonly username: string
  readonly tokens: Map<string, Token>
  refresh: string
  /** The refresh token before it, and until when it still works. */
  previous: { readonly value: string; readonly until: number } | null
}

/** A service in the manner of RFC 9700 section 4.14.2: a refresh token works once, and its reuse ends the grant. */
export class RotatingService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  /** How often a refresh token was used again after its time, which ended the grant. */
  reuses = 0
  readonly #options: RotatingOptions
  readonly #grants = new Set<Grant>()
  /** Every refresh token ever given, with its grant. */
  readonly #given = new Map<string, Grant>()
  /** Logins that wait for the user to approve them, and how often they are still answered "pending". */
  readonly #pending = new Map<string, { readonly username: string; left: number }>()

  constructor(options: RotatingOptions, clock: SimulatorClock) {
    this.#options = options
    this.clock = clock
  }

  isLogin({ path }: RecordedRequest): boolean {
    return path === '/login' || path === '/renew' || path === '/extend'
  }

  aliveTokens(): string[] {
    return [...this.#grants].flatMap(({ tokens }) =>
      [...tokens].filter(([, token]) => this.#isAlive(token)).map(([value]) => value),
    )
  }

  /** The refresh tokens that still work. */
  refreshTokens(): string[] {
    return [...this.#grants].map(({ refresh }) => refresh)
  }

  endOf(value: string): number | null {
    return this.#find(value)?.token.expiresAt ?? null
  }

  /** Another program of this user logs in. */
  addProgram(username: string): string {
    return this.#addToken(this.#open(username)).value
  }

  answer({ method, path, headers, body }: RecordedRequest): SimulatedAnswer {
    const said = toObject(body)
    switch (`${method} ${path}`) {
      case 'POST /login':
        return this.#login(said)
      case 'POST /approval':
        return this.#approval(said)
      case 'POST /renew':
        return this.#renew(String(said['refresh']))
      case 'POST /end':
        return this.#end(String(said['refresh']))
      case 'POST /extend':
        return this.#withBearer(headers, (grant, value) => this.#replace(grant, value))
      case 'GET /me':
        return this.#withBearer(headers, ({ username }) => ({ status: 200, body: { username } }))
      default:
        return method === 'DELETE' && path.startsWith('/sessions/')
          ? this.#withBearer(headers, (grant, value) => this.#revoke(grant, value, path, headers))
          : { status: 404, body: { error: 'not_found' } }
    }
  }

  #login({ username, password }: Readonly<Record<string, unknown>>): SimulatedAnswer {
    const account = this.#options.accounts.find((each) => each.username === username)
    if (!account || account.password !== password) return refused('invalid_login')
    const { pending } = this.#options
    if (pending === undefined) return this.#loggedIn(account.username)
    const device = randomUUID()
    this.#pending.set(device, { username: account.username, left: pending })
    return { status: 200, body: { device } }
  }

  #approval({ device }: Readonly<Record<string, unknown>>): SimulatedAnswer {
    const waiting = this.#pending.get(String(device))
    if (!waiting) return refused('invalid_device')
    if (waiting.left > 0) {
      waiting.left -= 1
      return { status: 202, body: { error: 'authorization_pending' } }
    }
    this.#pending.delete(String(device))
    return this.#loggedIn(waiting.username)
  }

  #loggedIn(username: string): SimulatedAnswer {
    this.counts.logins += 1
    const grant = this.#open(username)
    return this.#answerWith(grant, this.#addToken(grant))
  }

  #renew(refresh: string): SimulatedAnswer {
    const grant = this.#given.get(refresh)
    if (!grant || !this.#grants.has(grant)) return refused('invalid_grant')
    const { previous } = grant
    const isGrace = previous?.value === refresh && this.clock.now() < previous.until
    if (refresh !== grant.refresh && !isGrace) {
      this.reuses += 1
      this.#grants.delete(grant)
      return refused('invalid_grant')
    }
    const [newest] = [...grant.tokens.keys()].reverse()
    return this.#replace(grant, newest)
  }

  /** Another token in place of this one, and another refresh token, as the options have it. */
  #replace(grant: Grant, value: string | undefined): SimulatedAnswer {
    const { old = 'ends', rotates = true, graceMs = 0 } = this.#options
    if (rotates) {
      grant.previous = { value: grant.refresh, until: this.clock.now() + graceMs }
      grant.refresh = this.#newRefresh(grant)
    }
    const token = value === undefined ? undefined : grant.tokens.get(value)
    if (old === 'same' && value !== undefined && token) {
      const extended = { ...token, expiresAt: this.#lifeEnd() }
      grant.tokens.set(value, extended)
      return this.#answerWith(grant, { value, token: extended })
    }
    if (old === 'ends' && value !== undefined) grant.tokens.delete(value)
    return this.#answerWith(grant, this.#addToken(grant))
  }

  #revoke(
    grant: Grant,
    value: string,
    path: string,
    headers: RecordedRequest['headers'],
  ): SimulatedAnswer {
    const token = grant.tokens.get(value)
    const isRight = path === `/sessions/${token?.id}` && headers['x-csrf'] === token?.csrf
    if (!isRight) return { status: 409, body: { error: 'wrong_session' } }
    grant.tokens.delete(value)
    this.counts.logouts += 1
    return { status: 200, body: { ended: true } }
  }

  #end(refresh: string): SimulatedAnswer {
    const grant = this.#given.get(refresh)
    const ended = grant !== undefined && this.#grants.delete(grant)
    return { status: 200, body: { ended } }
  }

  #withBearer(
    headers: RecordedRequest['headers'],
    serve: (grant: Grant, value: string) => SimulatedAnswer,
  ): SimulatedAnswer {
    const value = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1] ?? ''
    const found = this.#find(value)
    if (!found || !this.#isAlive(found.token)) {
      return { status: 401, body: { error: 'invalid_token' } }
    }
    return serve(found.grant, value)
  }

  #find(value: string): { readonly grant: Grant; readonly token: Token } | undefined {
    for (const grant of this.#grants) {
      const token = grant.tokens.get(value)
      if (token) return { grant, token }
    }
    return undefined
  }

  #open(username: string): Grant {
    const grant: Grant = { username, tokens: new Map(), refresh: '', previous: null }
    grant.refresh = this.#newRefresh(grant)
    this.#grants.add(grant)
    return grant
  }

  #newRefresh(grant: Grant): string {
    const refresh = this.#secret('refresh')
    this.#given.set(refresh, grant)
    return refresh
  }

  #addToken({ tokens }: Grant): { readonly value: string; readonly token: Token } {
    const value = this.#secret('access')
    const token = { id: randomUUID(), csrf: this.#secret('csrf'), expiresAt: this.#lifeEnd() }
    tokens.set(value, token)
    return { value, token }
  }

  #answerWith(
    { refresh }: Grant,
    { value, token }: { readonly value: string; readonly token: Token },
  ): SimulatedAnswer {
    const { id, csrf } = token
    const body = { access: value, refresh, id, csrf, expires_in: LIFETIME_SECONDS }
    return { status: 200, token: value, body }
  }

  #lifeEnd = () => this.clock.now() + LIFETIME_SECONDS * 1_000

  #isAlive({ expiresAt }: Token): boolean {
    return expiresAt > this.clock.now()
  }

  #secret(label: string): string {
    const secret = `${label}-${randomUUID()}`
    this.#options.onToken?.(secret)
    return secret
  }
}

const refused = (error: string): SimulatedAnswer => ({ status: 400, body: { error } })

function toObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
