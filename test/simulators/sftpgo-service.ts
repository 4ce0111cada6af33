import { SftpgoAccounts } from './sftpgo-accounts.ts'
import { moved, notAllowed, notFoundPage, said } from './sftpgo-answers.ts'
import { contentOf, isContent, isOpenToAll, mayEnter } from './sftpgo-contents.ts'
import { KEYS_PATH, keyMethods, SftpgoKeys } from './sftpgo-keys.ts'
import { Defender, POINTS, RateLimiter } from './sftpgo-limits.ts'
import type { Barrier, SftpgoAccount, SftpgoOptions } from './sftpgo-simulator.ts'
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
const ROLES = { API: 'admin', APIUser: 'user' } as const
const LOGOUTS = new Set(['/api/v2/logout', '/api/v2/user/logout'])
/** The failures that the defender delays. */
const FAILED_MS = 1_000
const KEY_FAILED_MS = 2_000

/** The token routes of SFTPGo's REST API. Messages are for humans; clients go by the status. */
export class SftpgoService implements SimulatedService {
  readonly clock: SimulatorClock
  readonly counts = noCounts()
  readonly accounts: SftpgoAccounts
  readonly tokens: SftpgoTokens
  readonly keys: SftpgoKeys
  readonly #options: SftpgoOptions
  #totp = new TotpCheck()
  #defender: Defender | undefined
  #limiter: RateLimiter | undefined
  #lastByte = 1

  constructor(options: SftpgoOptions, clock: SimulatorClock) {
    const { accounts, jwtLifetimeMinutes = 20, signingPassphrase, keysOff = false } = options
    this.clock = clock
    this.#options = options
    this.accounts = new SftpgoAccounts(accounts)
    this.tokens = new SftpgoTokens(clock, jwtLifetimeMinutes, signingPassphrase)
    this.keys = new SftpgoKeys(clock, this.accounts)
    this.keys.areOff = keysOff
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

  bannedForMs(): number {
    return this.#defender?.bannedForMs(this.#ip) ?? 0
  }

  bannedUntil(): number {
    return this.#defender?.bannedUntil(this.#ip) ?? 0
  }

  isLogin({ path }: RecordedRequest): boolean {
    return LOGINS[route(path)] !== undefined
  }

  aliveTokens(): string[] {
    return [...this.tokens.alive(), ...this.keys.alive()]
  }

  endOf(token: string): number | null {
    return this.tokens.endOf(token) ?? this.keys.endOf(token)
  }

  answer(request: RecordedRequest): SimulatedAnswer {
    const host = request.headers['host'] ?? ''
    // These two precede everything else, including a ban.
    if (this.#options.allowedHosts?.includes(host) === false) return said(403, '', 'Forbidden')
    if (this.#options.httpsRedirect) return moved(`https://${host}${request.path}`)
    if (this.counts.inFlight > (this.#options.maxPerHostConnections ?? 20)) {
      this.#defender?.failed(this.#ip, POINTS.crowd)
      return said(403, '', 'you are not allowed to connect')
    }
    if (this.#defender?.refuses(this.#ip)) {
      return said(403, '', 'your IP address is blocked')
    }
    const turn = this.#limiter?.take(this.#ip)
    if (turn?.ok === false) return slowDown(turn.waitMs)
    const answer = this.#route(route(request.path), request)
    const delayMs = (turn?.waitMs ?? 0) + (answer.delayMs ?? 0)
    return delayMs > 0 ? { ...answer, delayMs } : answer
  }

  #route(path: string, request: RecordedRequest): SimulatedAnswer {
    if (path === '/') return moved('/web/client/login', 302)
    if (path === '/healthz') {
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, text: 'ok' }
    }
    const methods = this.#methodsOf(path)
    if (!methods) return path.startsWith('/web/') ? notFoundPage() : said(404, 'Not Found')
    // A HEAD is served like a GET, so it logs in and out as well.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    if (!methods.includes(method)) return notAllowed(...methods)
    const family = LOGINS[path]
    return family ? this.#login(family, request) : this.#enter(path, request)
  }

  /** The methods allowed there; `null` for a missing route. */
  #methodsOf(path: string): readonly string[] | null {
    const { withoutApiKeys, disabledLogins = [] } = this.#options
    if (isKeysPath(path)) return withoutApiKeys ? null : keyMethods(path)
    const family = LOGINS[path]
    if (family) return disabledLogins.includes(ROLES[family]) ? null : ['GET']
    return LOGOUTS.has(path) || isContent(path) ? ['GET'] : null
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
    const role = ROLES[family]
    const basic = parseBasic(headers['authorization'])
    // A blank password of an administrator counts as wrong.
    if (!basic || (role === 'user' && isBlank(basic))) return unauthorized()
    const account = this.accounts.find(basic.username, role)
    if (!account) return this.#failed(POINTS.unknownUser)
    if (account.password !== basic.password) return this.#failed(POINTS.wrongPassword)
    const { barred } = account
    if (account.disabled || account.expired) return this.#failed(POINTS.wrongPassword)
    // A user's restrictions are checked before the code; an administrator never sees them.
    if (barred !== undefined && role === 'user') {
      this.#defender?.failed(this.#ip, POINTS.forbiddenLogin)
      return said(403, 'Forbidden', reasonOf(barred, account.username, this.#ip))
    }
    if (barred !== undefined || !this.#codeFits(account, headers)) {
      return this.#failed(POINTS.wrongPassword)
    }
    const { token, expiresAt } = this.tokens.issue(account, family, this.#ip)
    this.counts.logins += 1
    const expires = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { access_token: token, expires_at: expires },
      token,
    }
  }

  #failed(points: number): SimulatedAnswer {
    this.#defender?.failed(this.#ip, points)
    const answer = unauthorized('invalid credentials')
    return this.#defender?.delays ? { ...answer, delayMs: FAILED_MS } : answer
  }

  #codeFits(account: SftpgoAccount, headers: RecordedRequest['headers']): boolean {
    const { totpSecret } = account
    if (totpSecret === undefined) return true
    const code = headers['x-sftpgo-otp'] ?? ''
    return this.#totp.accepts(totpSecret, code, this.clock.now())
  }

  #enter(path: string, request: RecordedRequest): SimulatedAnswer {
    const { headers } = request
    const family = path.startsWith('/api/v2/user/') ? 'APIUser' : 'API'
    const key = headers['x-sftpgo-api-key']
    if (key !== undefined) return this.#enterByKey(key, path, family)
    const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
    if (token === undefined) return said(401, 'Unauthorized', 'no token found')
    // The revocation check also reads a cookie, although nothing else here does.
    const cookie = /(?:^|;\s*)jwt=([^;]+)/.exec(headers['cookie'] ?? '')?.[1]
    const verdict: TokenVerdict = this.tokens.check(token, family, this.#ip, cookie)
    if (!verdict.ok) return said(401, verdict.message, verdict.error)
    if (LOGOUTS.has(path)) {
      this.tokens.revoke(token)
      this.counts.logouts += 1
      return said(200, 'Your token has been invalidated')
    }
    const { claims, username } = verdict
    const duty = dutyOf(claims)
    if (duty !== null && !isOpenToAll(path) && !isKeysPath(path)) return said(403, '', duty)
    const { permissions } = claims
    if (isKeysPath(path)) return this.#manageKeys(permissions, request)
    return mayEnter(path, permissions)
      ? contentOf(path, username, this.accounts)
      : said(403, 'Forbidden')
  }

  #enterByKey(key: string, path: string, family: Family): SimulatedAnswer {
    const verdict = this.keys.check(key, family)
    if (!verdict.ok) {
      if (verdict.points === 0) return verdict.answer
      this.#defender?.failed(this.#ip, verdict.points)
      const delayMs = family === 'APIUser' ? KEY_FAILED_MS : FAILED_MS
      return this.#defender?.delays ? { ...verdict.answer, delayMs } : verdict.answer
    }
    // A key can neither log out, nor manage keys, nor read its user's profile.
    if (!isContent(path) || path === '/api/v2/user/profile') {
      return said(403, 'API key authentication is not allowed')
    }
    this.keys.recordUse(verdict.id)
    const { username, permissions = ['*'] } = verdict.account
    return mayEnter(path, permissions)
      ? contentOf(path, username, this.accounts)
      : said(403, 'Forbidden')
  }

  #manageKeys(permissions: unknown, request: RecordedRequest): SimulatedAnswer {
    if (!Array.isArray(permissions) || !permissions.includes('*')) return said(403, 'Forbidden')
    const answer = this.keys.manage(request)
    if (request.method === 'DELETE' && answer.status === 200) this.counts.logouts += 1
    return answer
  }
}

/** A trailing slash makes no difference. */
const route = (path: string) => path.split('?')[0]?.replace(/(?<=.)\/$/, '') ?? ''
const isBlank = ({ username, password }: { username: string; password: string }) =>
  username === '' || password.trim() === ''

function reasonOf(barred: Barrier, username: string, ip: string): string {
  switch (barred) {
    case 'protocol':
      return `protocol HTTP is not allowed for user "${username}"`
    case 'method':
      return `login method password is not allowed for user "${username}"`
    case 'address':
      return `login for user "${username}" is not allowed from this address: ${ip}:40000`
    case 'sessions':
      return 'too many open sessions: 2'
  }
}

const isKeysPath = (path: string) => path === KEYS_PATH || path.startsWith(`${KEYS_PATH}/`)

/** What the account must do before it is served, as stated in the token. */
function dutyOf(claims: Readonly<Record<string, unknown>>): string | null {
  if (claims['chpwd'] === true) {
    return 'Password change required. Please set a new password to continue to use your account'
  }
  if (claims['2fa_required'] !== true) return null
  const protocols = claims['2fa_protos']
  const which = Array.isArray(protocols)
    ? ` for the following protocols: ${protocols.join(', ')}`
    : ''
  return `Two-factor authentication requirements not met, please configure it${which}`
}

/** The same response for a wrong password, an unknown account, and a missing, wrong or used code. */
function unauthorized(error?: string): SimulatedAnswer {
  const answer = said(401, 'Unauthorized', error)
  return { ...answer, headers: { ...answer.headers, ...BASIC } }
}

/** Half a second more than needed, so that a client that rounds does not retry too early. */
function slowDown(waitMs: number): SimulatedAnswer {
  const seconds = (waitMs + 499.999_999) / 1_000
  const answer = said(429, 'Too Many Requests', 'rate limit exceeded')
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'retry-after': seconds.toFixed(0),
      'x-retry-in': `${seconds.toFixed(9)}s`,
    },
  }
}

function parseBasic(header = ''): { readonly username: string; readonly password: string } | null {
  const encoded = /^Basic (\S+)$/i.exec(header)?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return null
  return { username: text.slice(0, colon).trim(), password: text.slice(colon + 1) }
}
