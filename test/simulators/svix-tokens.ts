import { randomBytes } from 'node:crypto'
import { type Claims, signJwt, verifyJwt } from './jwt.ts'
import type { SimulatorClock } from './simulator-clock.ts'
import type { Application, Environment } from './svix-environments.ts'

/** Who calls: an environment, or the portal of one application of it. */
export interface Caller {
  readonly environment: Environment
  readonly application?: Application
  readonly sessionId?: string
}

/** What a portal token is made with. */
export interface Wish {
  readonly environment: Environment
  readonly application: Application
  readonly lifetimeSeconds: number
  readonly sessionId?: string
}

/** How one flavour of server makes tokens and knows them again. */
export interface SvixTokens {
  keyOf(environment: Environment): string
  issue(wish: Wish): string
  find(token: string): Caller | null
  alive(): string[]
  /** Epoch milliseconds; 0 for one that is not known. */
  endOf(token: string): number
}

const makeSecret = (prefix: string) => `${prefix}_${randomBytes(24).toString('base64url')}`

interface Portal extends Wish {
  expiresAt: number
}

/** The hosted service's: opaque, kept at the service, ended at any time. */
export class HostedTokens implements SvixTokens {
  readonly #clock: SimulatorClock
  readonly #keys = new Map<string, Environment>()
  readonly #portals = new Map<string, Portal>()

  constructor(clock: SimulatorClock, environments: readonly Environment[]) {
    this.#clock = clock
    for (const environment of environments) {
      this.#keys.set(environment.key ?? makeSecret('testsk'), environment)
    }
  }

  keyOf(environment: Environment): string {
    const [key = ''] = [...this.#keys].find(([, candidate]) => candidate === environment) ?? []
    return key
  }

  issue(wish: Wish): string {
    const token = makeSecret('appsk')
    const expiresAt = this.#clock.now() + wish.lifetimeSeconds * 1000
    this.#portals.set(token, { ...wish, expiresAt })
    return token
  }

  find(token: string): Caller | null {
    const environment = this.#keys.get(token)
    if (environment) return { environment }
    const portal = this.#portals.get(token)
    return portal && this.#lives(portal) ? portal : null
  }

  end(token: string): void {
    this.#portals.delete(token)
  }

  /** Ends what is chosen after so many seconds, unless it ends before; returns how many they are. */
  expire(graceSeconds: number, which: (portal: Wish) => boolean): number {
    const latest = this.#clock.now() + graceSeconds * 1000
    const chosen = [...this.#portals.values()].filter((portal) => {
      return this.#lives(portal) && which(portal)
    })
    for (const portal of chosen) portal.expiresAt = Math.min(portal.expiresAt, latest)
    return chosen.length
  }

  alive(): string[] {
    return [...this.#portals].filter(([, portal]) => this.#lives(portal)).map(([token]) => token)
  }

  endOf(token: string): number {
    return this.#portals.get(token)?.expiresAt ?? 0
  }

  #lives({ expiresAt }: Portal): boolean {
    return this.#clock.now() < expiresAt
  }
}

const TEN_YEARS_SECONDS = 10 * 365 * 86_400
const FOUR_WEEKS_SECONDS = 2_419_200
/** The server's JWT library takes a token for so much longer, and earlier, than it says. */
const TOLERANCE_SECONDS = 900

/** The open-source server's: JWTs of which it keeps nothing, so that it cannot end one. */
export class OpenSourceTokens implements SvixTokens {
  readonly #clock: SimulatorClock
  readonly #environments: readonly Environment[]
  readonly #secret = randomBytes(32)
  readonly #issued = new Set<string>()

  constructor(clock: SimulatorClock, environments: readonly Environment[]) {
    this.#clock = clock
    this.#environments = environments
  }

  /** As `svix-server jwt generate` prints it. */
  keyOf({ organisation }: Environment): string {
    return this.#sign({ sub: organisation }, TEN_YEARS_SECONDS)
  }

  /** Whatever is wished for; two of one second are the same. */
  issue({ environment: { organisation }, application }: Wish): string {
    const token = this.#sign({ sub: application.id, org: organisation }, FOUR_WEEKS_SECONDS)
    this.#issued.add(token)
    return token
  }

  find(token: string): Caller | null {
    const claims = verifyJwt(token, this.#secret)
    if (!claims || !this.#lives(claims)) return null
    const { sub, org = sub } = claims
    const environment = this.#environments.find(({ organisation }) => organisation === org)
    if (!environment) return null
    const application = environment.applications.find(({ id }) => id === sub)
    return { environment, ...(application && { application }) }
  }

  alive(): string[] {
    return [...this.#issued].filter((token) => this.find(token) !== null)
  }

  /** Until when it is taken, which is longer than it says. */
  endOf(token: string): number {
    const exp = verifyJwt(token, this.#secret)?.['exp']
    return typeof exp === 'number' ? (exp + TOLERANCE_SECONDS) * 1000 : 0
  }

  #sign(claims: { readonly sub: string; readonly org?: string }, lifetimeSeconds: number): string {
    const iat = Math.floor(this.#clock.now() / 1000)
    const exp = iat + lifetimeSeconds
    return signJwt({ iat, exp, nbf: iat, iss: 'svix-server', ...claims }, this.#secret)
  }

  /** One without an end is taken, too. */
  #lives({ exp, nbf }: Claims): boolean {
    const now = this.#clock.now() / 1000
    const isOver = typeof exp === 'number' && now >= exp + TOLERANCE_SECONDS
    const isEarly = typeof nbf === 'number' && now < nbf - TOLERANCE_SECONDS
    return !isOver && !isEarly
  }
}
