import { said } from './sftpgo-answers.ts'
import { KEYS_PATH, SftpgoKeys } from './sftpgo-keys.ts'
import { Defender, RateLimiter } from './sftpgo-limits.ts'
import type { SftpgoAccount, SftpgoOptions } from './sftpgo-simulator.ts'
import { type Family, SftpgoTokens, type TokenVerdict } from './sftpgo-tokens.ts'
import {
  noCounts,
  type RecordedRequest,
  type SimulatedAnswer,
  type SimulatedService,
} from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'
import { TotpCheck } from './totp.ts'

const BASIC = { 'www-authenticate': 'Basic realm="SFTPGo"' }
const LOGINS: Readonly<Record<string, Family>> = {
  '/api/v2/token': 'API',
  '/api/v2/user/token': 'APIUser',
}
const LOGOUTS = new Set(['/api/v2/logout', '/api/v2/user/logout'])

/** What is behind a token, by route. */
const CONTENTS: Readonly<Record<string, unknown>> = {
  '/api/v2/version': {
    version: '2.7.5',
    build_date: '2026-05-01T08:00:00Z',
    commit_hash: '42f7a4d4',
  },
  '/api/v2/user/profile': {
    email: '',
    description: '',
    allow_api_key_auth: false,
    public_keys: [],
  },
  '/api/v2/user/dirs': [
    { name: 'reports', mode: 2147484141, size: 0, last_modified: '2026-05-01T08:00:00Z' },
    { name: 'readme.txt', mode: 420, size: 1204, last_modified: '2026-05-02T09:30:00Z' },
  ],
}

/** SFTPGo's REST API as far as tokens go. Texts are for people; clients go by the status. */
export class SftpgoService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly tokens: SftpgoTokens
  readonly keys: SftpgoKeys
  readonly #options: SftpgoOptions
  #totp = new TotpCheck()
  #defender: Defender | undefined
  #limiter: RateLimiter | undefined
  #lastByte = 1

  constructor(options: SftpgoOptions, clock: SimulatorClock) {
    this.clock = clock
    this.#options = options
    this.tokens = new SftpgoTokens(
      clock,
      options.jwtLifetimeMinutes ?? 20,
      options.signingPassphrase,
    )
    this.keys = new SftpgoKeys(clock, options.accounts)
    this.#startLimits()
  }

  restart(): void {
    this.tokens.restart()
    this.#totp = new TotpCheck()
    this.#startLimits()
  }

  changeClientIp(): void {
    this.#lastByte += 1
  }

  isLogin({ path }: RecordedRequest): boolean {
    return LOGINS[route(path)] !== undefined
  }

  aliveTokens(): string[] {
    return [...this.tokens.alive(), ...this.keys.alive()]
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    if (this.#defender?.isBanned(this.#ip)) return said(403, 'Forbidden', 'your IP is banned')
    if (this.counts.inFlight > (this.#options.maxPerHostConnections ?? 20)) {
      return said(403, 'Forbidden', 'too many connections from your IP')
    }
    const waitMs = this.#limiter?.take() ?? 0
    if (waitMs > 0) return slowDown(waitMs)
    const path = route(request.path)
    if (isKeysPath(path)) {
      return this.#options.withoutApiKeys ? said(404, 'Not Found') : this.#enter(path, request)
    }
    if (request.method !== 'GET') return said(405, 'Method Not Allowed')
    const family = LOGINS[path]
    if (family) return this.#login(family, request)
    if (LOGOUTS.has(path) || path in CONTENTS) return this.#enter(path, request)
    return said(404, 'Not Found')
  }

  get #ip(): string {
    return `192.0.2.${this.#lastByte}`
  }

  #startLimits(): void {
    const { defender, rate } = this.#options
    this.#defender = defender && new Defender(this.clock, defender)
    this.#limiter = rate && new RateLimiter(this.clock, rate)
  }

  #login(family: Family, { headers }: RecordedRequest): SimulatedAnswer {
    const role = family === 'API' ? 'admin' : 'user'
    if (this.#options.disabledLogins?.includes(role)) return said(404, 'Not Found')
    const basic = parseBasic(headers['authorization'])
    if (!basic || basic.password.trim() === '') return unauthorized()
    const account = this.#options.accounts.find(
      (candidate) => (candidate.role ?? 'user') === role && candidate.username === basic.username,
    )
    if (!account || account.password !== basic.password || !this.#codeFits(account, headers)) {
      this.#defender?.failed(this.#ip, account !== undefined)
      return unauthorized()
    }
    if (account.forbidden !== undefined) return said(403, 'Forbidden', account.forbidden)
    const { token, expiresAt } = this.tokens.issue(account, family, this.#ip)
    this.counts.logins += 1
    const expires = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z')
    return { status: 200, body: { access_token: token, expires_at: expires }, token }
  }

  #codeFits(account: SftpgoAccount, headers: RecordedRequest['headers']): boolean {
    const { username, totpSecret } = account
    if (totpSecret === undefined) return true
    const code = headers['x-sftpgo-otp'] ?? ''
    return this.#totp.accepts(username, totpSecret, code, this.clock.now())
  }

  #enter(path: string, request: RecordedRequest): SimulatedAnswer {
    const { headers } = request
    const family = path.startsWith('/api/v2/user/') ? 'APIUser' : 'API'
    const key = headers['x-sftpgo-api-key']
    if (key !== undefined) return this.#enterByKey(key, path, family)
    const token = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1] ?? ''
    // The revocation check looks at a cookie too, although nothing else here does.
    const cookie = /(?:^|;\s*)jwt=([^;]+)/.exec(headers['cookie'] ?? '')?.[1]
    const verdict: TokenVerdict = this.tokens.check(token, family, this.#ip, cookie)
    if (!verdict.ok) return said(401, verdict.message)
    if (LOGOUTS.has(path)) {
      this.tokens.revoke(token)
      this.counts.logouts += 1
      return said(200, 'Your token has been invalidated')
    }
    if (verdict.claims['chpwd'] === true) {
      return said(403, 'Forbidden', 'password change is required')
    }
    return isKeysPath(path)
      ? this.#manageKeys(verdict.claims['permissions'], request)
      : { status: 200, body: CONTENTS[path] }
  }

  #enterByKey(key: string, path: string, family: Family): SimulatedAnswer {
    const verdict = this.keys.check(key, family)
    if (!verdict.ok) {
      if (verdict.answer.status !== 403) this.#defender?.failed(this.#ip, true)
      return verdict.answer
    }
    // A key can neither log out nor manage keys.
    return path in CONTENTS
      ? { status: 200, body: CONTENTS[path] }
      : said(403, 'Forbidden', 'API key authentication is not allowed')
  }

  #manageKeys(permissions: unknown, request: RecordedRequest): SimulatedAnswer {
    if (!Array.isArray(permissions) || !permissions.includes('*')) return said(403, 'Forbidden')
    const answer = this.keys.manage(request)
    if (request.method === 'DELETE' && answer.status === 200) this.counts.logouts += 1
    return answer
  }
}

const route = (path: string) => path.split('?')[0] ?? ''
const isKeysPath = (path: string) => path === KEYS_PATH || path.startsWith(`${KEYS_PATH}/`)

/** One answer for a wrong password, an unknown account, and a missing, wrong or spent code. */
function unauthorized(): SimulatedAnswer {
  return { ...said(401, 'Unauthorized'), headers: BASIC }
}

function slowDown(waitMs: number): SimulatedAnswer {
  const seconds = Math.ceil(waitMs / 1000)
  return {
    ...said(429, 'Too Many Requests', 'rate limit exceeded'),
    headers: { 'retry-after': String(seconds), 'x-retry-in': `${waitMs / 1000}s` },
  }
}

function parseBasic(header = ''): { readonly username: string; readonly password: string } | null {
  const encoded = /^Basic (\S+)$/.exec(header)?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
