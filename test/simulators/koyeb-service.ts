import { randomUUID } from 'node:crypto'
import {
  atFault,
  forbidden,
  locked,
  noRoute,
  parseBody,
  parseDuration,
  said,
  unauthenticated,
} from './koyeb-answers.ts'
import { KoyebLimiter } from './koyeb-rate.ts'
import type { KoyebApiToken, KoyebOptions } from './koyeb-simulator.ts'
import { type KoyebToken, type KoyebTokenKind, KoyebTokens } from './koyeb-tokens.ts'
import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

const DAY_SECONDS = 86_400
const HOUR_SECONDS = 3_600
const OLD_LOGIN = new Set([
  'GET /v1/account/login_method',
  'POST /v1/account/login',
  'PUT /v1/account/refresh',
  'DELETE /v1/account/logout',
])
const ACCESS_TOKEN = /^POST \/v1\/organizations\/([^/]+)\/access_token$/

/** The caller: by a token that a user created in the console, or by one that a call created. */
type Caller = KoyebApiToken | KoyebToken

/** The token routes of Koyeb's API. Messages are for humans; clients go by the status. */
export class KoyebService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly #options: KoyebOptions
  readonly #tokens: KoyebTokens
  readonly #kinds = new Map<string, KoyebTokenKind>()
  readonly #locked = new Set<string>()
  readonly #limiter: KoyebLimiter | undefined

  constructor(options: KoyebOptions, clock: SimulatorClock) {
    this.clock = clock
    this.#options = options
    this.#tokens = new KoyebTokens(clock)
    this.#limiter = options.rate && new KoyebLimiter(clock, options.rate)
  }

  isLogin(request: RecordedRequest): boolean {
    return callOf(request) === 'POST /v1/account/login'
  }

  aliveTokens(): string[] {
    return this.#tokens.alive().map(({ token }) => token)
  }

  endOf(token: string): number | null {
    return this.#tokens.find(token)?.endsAt ?? 0
  }

  kindOf(token: string): KoyebTokenKind | undefined {
    return this.#kinds.get(token)
  }

  lock(email: string): void {
    this.#locked.add(email)
  }

  unlock(email: string): void {
    this.#locked.delete(email)
  }

  giveToken(of: { readonly organizationId: string } | { readonly email: string }): string {
    if ('organizationId' in of) {
      return this.#issue({ kind: 'access', ...of }, HOUR_SECONDS).token
    }
    const account = this.#options.accounts?.find(({ email }) => email === of.email)
    if (!account) throw new Error(`${of.email} has no account.`)
    return this.#issueLogin(account.email, account.organizationId).token
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    if (!this.#limiter) return this.#answer(request)
    // A request over the limit is answered by a component that does not send JSON.
    const answer = this.#limiter.take() ? this.#answer(request) : { status: 429 }
    return { ...answer, headers: this.#limiter.headers() }
  }

  #answer(request: RecordedRequest): SimulatedAnswer {
    const call = callOf(request)
    const { oldLoginGone } = this.#options
    if (oldLoginGone !== undefined && OLD_LOGIN.has(call)) {
      return oldLoginGone === 404 ? noRoute() : said(oldLoginGone, 'gone', 'Use the new login')
    }
    const isOpen = !this.#options.loginMethodWantsToken
    if (call === 'GET /v1/account/login_method' && isOpen) return this.#loginMethod(request)
    if (call === 'POST /v1/account/login') return this.#login(request)
    const token = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? ''
    const caller = this.#callerOf(token)
    if (!caller) {
      const again = call === 'DELETE /v1/account/logout' && this.#tokens.isOurs(token)
      return again && this.#options.secondLogout === 404
        ? said(404, 'not_found', 'Token not found')
        : unauthenticated()
    }
    if ('email' in caller && this.#locked.has(caller.email ?? '')) return locked()
    return this.#enter(call, caller, request)
  }

  #enter(call: string, caller: Caller, request: RecordedRequest): SimulatedAnswer {
    const organizationId = ACCESS_TOKEN.exec(call)?.[1]
    if (organizationId !== undefined) return this.#mint(organizationId, caller, request)
    switch (call) {
      case 'GET /v1/account/login_method':
        return this.#loginMethod(request)
      case 'GET /v1/account/organization': {
        const organization = this.#organization(caller.organizationId)
        return { status: 200, body: { organization: { ...organization, status: 'ACTIVE' } } }
      }
      case 'PUT /v1/account/refresh':
        return this.#refresh(caller)
      case 'DELETE /v1/account/logout':
        // How to revoke the other kinds of token is not documented.
        if (!isLogin(caller)) return forbidden()
        this.#tokens.delete(caller)
        this.counts.logouts += 1
        return { status: 200, body: {} }
      case 'GET /v1/apps':
        return { status: 200, body: { apps: [], limit: '10', offset: '0', count: '0' } }
      default:
        return noRoute()
    }
  }

  #loginMethod({ path }: RecordedRequest): SimulatedAnswer {
    const email = new URLSearchParams(path.split('?')[1]).get('email') ?? ''
    if (!email.includes('@')) return atFault('email', 'is not an email address')
    const account = this.#options.accounts?.find((candidate) => candidate.email === email)
    // Does not reveal who has an account.
    return { status: 200, body: { method: account?.method ?? 'KOYEB' } }
  }

  #login({ headers, body }: RecordedRequest): SimulatedAnswer {
    const entered = parseBody(headers['content-type'], body)
    if (typeof entered?.['email'] !== 'string') return atFault('email', 'is missing')
    if (typeof entered['password'] !== 'string') return atFault('password', 'is missing')
    const account = this.#options.accounts?.find(({ email }) => email === entered['email'])
    const isRight = account?.password === entered['password'] && account.method !== 'WORKOS'
    if (!account || !isRight) {
      const status = this.#options.wrongPassword ?? 401
      return said(
        status,
        'authentication_error',
        'There is no such account, or the password is wrong',
      )
    }
    if (this.#locked.has(account.email)) return locked()
    const wanted = entered['organization_id'] ?? account.organizationId
    if (wanted !== account.organizationId) return atFault('organization_id', 'is not one of yours')
    return this.#toReply(this.#issueLogin(account.email, account.organizationId))
  }

  #refresh(caller: Caller): SimulatedAnswer {
    if (!isLogin(caller)) return forbidden()
    if (this.#options.refreshEndsOld) this.#tokens.delete(caller)
    return this.#toReply(this.#issueLogin(caller.email ?? '', caller.organizationId))
  }

  #mint(id: string, caller: Caller, { headers, body }: RecordedRequest): SimulatedAnswer {
    // Whether an access token may create another is not known.
    const isAccess = 'kind' in caller && caller.kind === 'access'
    if (isAccess || ('type' in caller && caller.type === 'organization')) return forbidden()
    if (!this.#organization(id)) return said(404, 'not_found', 'Organization not found')
    const isMember = 'alsoIn' in caller && caller.alsoIn?.includes(id)
    if (id !== caller.organizationId && !isMember) return forbidden()
    const asked = parseBody(headers['content-type'], body)
    if (!asked) return atFault('body', 'is not JSON')
    const seconds = parseDuration(asked['validity'] ?? `${HOUR_SECONDS}s`)
    const { shortestSeconds = 0 } = this.#options
    if (seconds === null || seconds === 0 || seconds < shortestSeconds)
      return atFault('validity', 'is not a duration')
    if (seconds > DAY_SECONDS) return atFault('validity', 'must not be above 24 hours')
    const { token } = this.#issue({ kind: 'access', organizationId: id }, seconds)
    return { status: 200, body: { token }, token }
  }

  #toReply({ token, organizationId, endsAt }: KoyebToken): SimulatedAnswer {
    const { endIn = 'expires_at' } = this.#options
    const end = endIn === 'jwt' ? {} : { [endIn]: new Date(endsAt).toISOString() }
    const reply = { id: token, user_id: randomUUID(), organization_id: organizationId, ...end }
    return { status: 200, body: { token: reply }, token }
  }

  #issueLogin(email: string, organizationId: string): KoyebToken {
    const seconds = this.#options.loginLifetimeSeconds ?? DAY_SECONDS
    return this.#issue({ kind: 'login', email, organizationId }, seconds)
  }

  #issue(of: Omit<KoyebToken, 'token' | 'endsAt'>, lifetimeSeconds: number): KoyebToken {
    const made = this.#tokens.issue(of, lifetimeSeconds)
    this.#kinds.set(made.token, made.kind)
    this.counts.logins += 1
    return made
  }

  #callerOf(token: string): Caller | undefined {
    const apiToken = this.#options.apiTokens?.find((candidate) => candidate.token === token)
    return apiToken ?? this.#tokens.find(token)
  }

  #organization(wanted: string) {
    return this.#options.organizations.find(({ id }) => id === wanted)
  }
}

const callOf = ({ method, path }: RecordedRequest) => `${method} ${path.split('?')[0]}`
const isLogin = (caller: Caller): caller is KoyebToken =>
  'kind' in caller && caller.kind === 'login'
