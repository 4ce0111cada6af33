import { randomUUID } from 'node:crypto'
import type { GiantswarmOptions } from './giantswarm-simulator.ts'
import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

const TOKENS = '/v4/auth-tokens/'
const USER = '/v4/user/'
const CREATED = '2024-02-01T08:00:00Z'

/** What authorized requests return, by path. */
const CONTENTS: Readonly<Record<string, unknown>> = {
  '/v4/info/': { general: { installation_name: 'demo', provider: 'kvm', datacenter: 'home' } },
  '/v4/clusters/': [
    {
      id: 'g8s3o',
      name: 'staging',
      owner: 'acme',
      release_version: '19.0.1',
      create_date: CREATED,
    },
    {
      id: 'x4t9w',
      name: 'production',
      owner: 'acme',
      release_version: '18.4.2',
      create_date: CREATED,
    },
  ],
}

/** The token routes of Giant Swarm's REST API v4; tokens are valid until they are deleted. */
export class GiantswarmService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly #options: GiantswarmOptions
  readonly #tokens = new Map<string, string>()
  #windowEnds = 0
  #callsLeft = 0

  constructor(options: GiantswarmOptions, clock: SimulatorClock) {
    this.clock = clock
    this.#options = options
  }

  isLogin({ method, path }: RecordedRequest): boolean {
    return method === 'POST' && path === TOKENS
  }

  aliveTokens(): string[] {
    return [...this.#tokens.keys()]
  }

  endOf(): null {
    return null
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    const { method, path } = request
    const isKnown = path === TOKENS || path === USER || path in CONTENTS
    if (!isKnown) return this.#elsewhere(path)
    const waits = path === TOKENS ? this.#throttled() : null
    if (waits) return waits
    if (path === TOKENS && method === 'POST') return this.#login(request)
    if (path === TOKENS ? method !== 'DELETE' : method !== 'GET') {
      return said(405, 'INVALID_INPUT', 'This method is not allowed here.')
    }
    const token = /^giantswarm (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1]
    if (token === undefined) {
      return said(401, 'PERMISSION_DENIED', 'The requested resource cannot be accessed.')
    }
    const email = this.#tokens.get(token)
    if (email === undefined) return said(401, 'INVALID_CREDENTIALS', 'The token is not valid.')
    if (path !== TOKENS) return this.#content(path, email)
    this.#tokens.delete(token)
    this.counts.logouts += 1
    return said(200, 'RESOURCE_DELETED', 'The authentication token has been deleted.')
  }

  #login({ headers, body }: RecordedRequest): SimulatedAnswer {
    const entered = /^application\/json/.test(headers['content-type'] ?? '') ? parse(body) : null
    if (!entered)
      return said(400, 'INVALID_INPUT', 'The request body is not in the expected format.')
    const account = this.#options.accounts.find(({ email }) => email === entered.email)
    if (account?.password !== entered.password) {
      return said(401, 'INVALID_CREDENTIALS', 'The e-mail or the password is wrong.')
    }
    if (account.expired) return said(401, 'ACCOUNT_EXPIRED', 'The account has expired.')
    const token = randomUUID()
    this.#tokens.set(token, account.email)
    this.counts.logins += 1
    return { status: 200, body: { auth_token: token }, token }
  }

  /** A window starts with its first call, and every login and log-out in it counts. */
  #throttled(): SimulatedAnswer | null {
    const { throttle } = this.#options
    if (!throttle) return null
    const now = this.clock.now()
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + throttle.windowMs
      this.#callsLeft = throttle.calls
    }
    this.#callsLeft -= 1
    return this.#callsLeft >= 0
      ? null
      : said(throttle.status ?? 429, 'TOO_MANY_REQUESTS', 'There were too many attempts.')
  }

  #content(path: string, email: string): SimulatedAnswer {
    const user = { email, created: CREATED, expiry: '2100-01-01T00:00:00Z' }
    return { status: 200, body: path === USER ? user : CONTENTS[path] }
  }

  /** A path without its trailing slash is a different path. */
  #elsewhere(path: string): SimulatedAnswer {
    const isClose = [TOKENS, USER, ...Object.keys(CONTENTS)].includes(`${path}/`)
    return isClose && this.#options.withoutSlash === 'redirect'
      ? { status: 301, headers: { location: `${path}/` } }
      : said(404, 'RESOURCE_NOT_FOUND', 'There is nothing here.')
  }
}

function said(status: number, code: string, message: string): SimulatedAnswer {
  return { status, body: { code, message } }
}

function parse(body: string): { readonly email: string; readonly password: string } | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return null
    if (!('email' in value && 'password_base64' in value)) return null
    const { email, password_base64: encoded } = value
    if (typeof email !== 'string' || typeof encoded !== 'string') return null
    const password = Buffer.from(encoded, 'base64')
    // Only standard, padded base64 is accepted.
    return password.toString('base64') === encoded ? { email, password: password.toString() } : null
  } catch {
    // Not JSON, which the service reports as invalid input.
    return null
  }
}
