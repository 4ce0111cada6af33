import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'
import {
  failed,
  forbidden,
  invalid,
  notAllowed,
  notFound,
  nothing,
  parseObject,
  parseSeconds,
  unauthorized,
} from './svix-answers.ts'
import { type Environment, findApplication, toBody, toEnvironments } from './svix-environments.ts'
import { SvixIdempotency } from './svix-idempotency.ts'
import { EXCHANGE, SvixLinks } from './svix-links.ts'
import type { SvixOptions } from './svix-simulator.ts'
import { type Caller, HostedTokens, OpenSourceTokens, type SvixTokens } from './svix-tokens.ts'

const WEEK_SECONDS = 604_800
const LIFETIME = [3_600, WEEK_SECONDS] as const
const GRACE = [0, 259_200] as const
const SESSION_ID = /^[A-Za-z0-9@_-]{1,64}$/
/** What the open-source server returns instead of a magic link. */
const DOCUMENTATION = 'https://docs.svix.com/app-portal'
/** The routes of the open-source server, and the methods that it lists in its 405. */
const OPEN_SOURCE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^auth\/logout$/, ['POST']],
  [/^auth\/(app-portal|dashboard)-access\/[^/]+$/, ['POST']],
  [/^app$/, ['GET', 'HEAD', 'POST']],
  [/^app\/[^/]+$/, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
]

/** The token routes of Svix, in its flavours and generations. */
export class SvixService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly #options: SvixOptions
  readonly #environments: readonly Environment[]
  readonly #hosted: HostedTokens | null
  readonly #tokens: SvixTokens
  readonly #idempotency: SvixIdempotency
  readonly #links: SvixLinks
  #window = { startsAt: Number.NEGATIVE_INFINITY, requests: 0 }

  constructor(options: SvixOptions, clock: SimulatorClock) {
    this.clock = clock
    this.#options = options
    const { flavour = 'hosted', linkLength = 0 } = options
    const environments = toEnvironments(options.environments, clock.now())
    this.#environments = environments
    this.#links = new SvixLinks(linkLength)
    this.#hosted = flavour === 'hosted' ? new HostedTokens(clock, environments) : null
    this.#tokens = this.#hosted ?? new OpenSourceTokens(clock, environments)
    this.#idempotency = new SvixIdempotency(clock)
  }

  keyOf(index: number): string {
    const environment = this.#environments[index]
    if (!environment) throw new Error('There is no such environment.')
    return this.#tokens.keyOf(environment)
  }

  addCustomer(named: string, sessionId?: string): string {
    for (const environment of this.#environments) {
      const application = findApplication(environment, named)
      if (!application) continue
      const session = sessionId === undefined ? {} : { sessionId }
      const lifetimeSeconds = WEEK_SECONDS
      return this.#tokens.issue({ environment, application, lifetimeSeconds, ...session })
    }
    throw new Error('There is no such application.')
  }

  sessionIdOf(token: string): string | undefined {
    return this.#tokens.find(token)?.sessionId
  }

  aliveTokens(): string[] {
    return this.#tokens.alive()
  }

  endOf(token: string): number | null {
    return this.#tokens.endOf(token)
  }

  isLogin({ method, path }: RecordedRequest): boolean {
    return method === 'POST' && /^\/api\/v1\/auth\/(app-portal|dashboard)-access\//.test(path)
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    if (this.#isTooMany()) return failed(429, 'rate_limit', 'Too many requests')
    if (this.#hosted && request.path === EXCHANGE) {
      return this.#links.exchange(request.body, (token) => this.#tokens.find(token) !== null)
    }
    return this.#idempotency.run(request, () => this.#route(request))
  }

  #route(request: RecordedRequest): SimulatedAnswer {
    const call = this.#toCall(request)
    const [verb, first = '', second = '', third = ''] = call?.split(/[ /]/) ?? []
    if (call === 'POST auth/logout') return this.#logOut(request)
    if (verb === 'POST' && first === 'auth' && this.#isMint(second) && third !== '') {
      return this.#mint(request, second, third)
    }
    if (call?.startsWith('POST auth/app/') && call.endsWith('/expire-all') && this.#hosted) {
      return this.#expireAll(request, this.#hosted, third)
    }
    if (call === 'GET auth/whoami' && this.#hosted && this.#options.generation !== 'old') {
      return this.#whoAmI(request)
    }
    if (call === 'GET app') return this.#list(request)
    if (verb === 'GET' && first === 'app' && second !== '' && third === '') {
      return this.#show(request, second)
    }
    return this.#hosted ? notFound() : elsewhere(call)
  }

  /** `GET app/app_1`, or `null` for the spelling of another generation. */
  #toCall({ method, path }: RecordedRequest): string | null {
    const [route = ''] = path.split('?')
    const { generation, slashes = generation === 'old' } = this.#options
    const isEither = !this.#hosted && generation !== 'old'
    if (!route.startsWith('/api/v1/') || (route.endsWith('/') !== slashes && !isEither)) return null
    return `${method} ${route.slice('/api/v1/'.length).replace(/\/$/, '')}`
  }

  #isMint(name: string): boolean {
    const { generation = 'current' } = this.#options
    if (name === 'app-portal-access') return generation === 'current'
    return name === 'dashboard-access' && (generation === 'old' || this.#hosted === null)
  }

  #mint(request: RecordedRequest, route: string, named: string): SimulatedAnswer {
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    if (caller.application) return forbidden()
    const application = findApplication(caller.environment, named)
    if (!application) return notFound('Application not found')
    const { environment } = caller
    const wish = { environment, application, lifetimeSeconds: WEEK_SECONDS }
    if (route === 'dashboard-access') return this.#give(request, this.#tokens.issue(wish))
    const isJson = /^application\/json/.test(request.headers['content-type'] ?? '')
    const body = isJson ? parseObject(request.body) : null
    if (!body) return invalid('body', 'field required')
    if (!this.#hosted) return this.#give(request, this.#tokens.issue(wish))
    const { expiry, sessionId } = body
    const lifetimeSeconds = parseSeconds(expiry, LIFETIME, WEEK_SECONDS)
    if (lifetimeSeconds === null) return invalid('expiry', 'out of bounds')
    if (sessionId === undefined || !this.#knowsSessions) {
      return this.#give(request, this.#tokens.issue({ ...wish, lifetimeSeconds }))
    }
    if (!isSessionId(sessionId)) return invalid('sessionId', 'malformed')
    return this.#give(request, this.#tokens.issue({ ...wish, lifetimeSeconds, sessionId }))
  }

  #give({ headers }: RecordedRequest, token: string): SimulatedAnswer {
    this.counts.logins += 1
    if (!this.#hosted) return { status: 200, body: { url: DOCUMENTATION, token }, token }
    const scheme = this.#options.tls ? 'https' : 'http'
    const { url, secrets } = this.#links.make(`${scheme}://${headers['host']}`, token)
    for (const secret of secrets) this.#options.onToken?.(secret)
    return { status: 200, body: { url, token }, token }
  }

  #logOut(request: RecordedRequest): SimulatedAnswer {
    // Checked before authentication.
    if (!this.#hosted) return failed(501, 'not_implemented', 'This API endpoint is not implemented')
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    if (!caller.application) return forbidden()
    this.#hosted.end(bearerOf(request))
    this.counts.logouts += 1
    return nothing(204)
  }

  #expireAll(request: RecordedRequest, tokens: HostedTokens, id: string): SimulatedAnswer {
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    if (caller.application) return forbidden()
    const application = findApplication(caller.environment, id)
    if (!application) return notFound()
    const { expiry, sessionIds } = parseObject(request.body) ?? {}
    // What its absence means is not known; here, the longest.
    const grace = parseSeconds(expiry, GRACE, GRACE[1])
    if (grace === null) return invalid('expiry', 'out of bounds')
    const named = this.#knowsSessions ? sessionIds : undefined
    if (named !== undefined && !isSessionIds(named)) return invalid('sessionIds', 'bad')
    this.counts.logouts += tokens.expire(grace, (portal) => {
      if (portal.application !== application) return false
      if (named === undefined) return true
      return portal.sessionId !== undefined && named.includes(portal.sessionId)
    })
    return nothing(204)
  }

  #whoAmI(request: RecordedRequest): SimulatedAnswer {
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    const { environment, application, sessionId } = caller
    const envId = `env_${this.#environments.indexOf(environment)}`
    return {
      status: 200,
      body: {
        ...{ envId, appId: application?.id ?? null, streamAppId: null },
        permissionSource: application ? 'appPortal' : 'apiKey',
        ...(this.#knowsSessions && { sessionId: sessionId ?? null }),
      },
    }
  }

  #list(request: RecordedRequest): SimulatedAnswer {
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    if (caller.application) return forbidden()
    const { applications } = caller.environment
    const limit = Number(new URLSearchParams(request.path.split('?')[1]).get('limit') ?? 50)
    const data = applications.slice(0, limit).map(toBody)
    const iterator = data.at(-1)?.id ?? null
    const done = data.length === applications.length
    return { status: 200, body: { data, iterator, prevIterator: null, done } }
  }

  #show(request: RecordedRequest, named: string): SimulatedAnswer {
    const caller = this.#callerOf(request)
    if (!caller) return unauthorized()
    const application = findApplication(caller.environment, named)
    const isStranger = caller.application !== undefined && caller.application !== application
    if (!application || isStranger) return notFound()
    return { status: 200, body: toBody(application) }
  }

  get #knowsSessions(): boolean {
    const { generation, sessions } = this.#options
    return generation !== 'old' && sessions !== false
  }

  #callerOf(request: RecordedRequest): Caller | null {
    return this.#tokens.find(bearerOf(request))
  }

  #isTooMany(): boolean {
    const { rate } = this.#options
    if (!rate) return false
    const now = this.clock.now()
    if (now >= this.#window.startsAt + rate.windowMs) this.#window = { startsAt: now, requests: 0 }
    this.#window.requests += 1
    return this.#window.requests > rate.requests
  }
}

/** Lists the supported methods of an existing route; empty for any other. */
function elsewhere(call: string | null): SimulatedAnswer {
  const route = call?.split(' ')[1] ?? ''
  const [, methods] = OPEN_SOURCE.find(([known]) => known.test(route)) ?? []
  return methods ? notAllowed(...methods) : nothing(404)
}

function bearerOf({ headers }: RecordedRequest): string {
  return /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1] ?? ''
}

function isSessionId(value: unknown): value is string {
  return typeof value === 'string' && SESSION_ID.test(value)
}

function isSessionIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 1_000 && value.every(isSessionId)
}
