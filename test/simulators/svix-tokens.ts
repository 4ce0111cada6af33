import { randomBytes } from 'node:crypto'
import { type Claims, signJwt, verifyJwt } from './jwt.ts'
import type { SimulatorClock } from './simulator-clock.ts'
import type { Application, Environment } from './svix-environments.ts'

/** The caller: an environment, or the portal of one of its applications. */
export interface Caller {
  readonly environment: Environment
  readonly application?: Application
  readonly sessionId?: string
}

/** The parameters of a portal token. */
export interface Wish {
  readonly environment: Environment
  readonly application: Application
  readonly lifetimeSeconds: number
  readonly sessionId?: string
}

/** How one flavour of server issues and recognizes tokens. */
export interface SvixTokens {
  keyOf(environment: Environment): string
  issue(wish: Wish): string
  find(token: string): Caller | null
  alive(): string[]
  /** Epoch milliseconds; 0 for an unknown token. */
  endOf(token: string): number
}

const makeSecret = (prefix: string) => `${prefix}_${randomBytes(24).toString('base64url')}`

interface Portal extends Wish {
  expiresAt: number
}

/** The hosted service's tokens: opaque, stored at the service, revocable at any time. */
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

  /** Revokes the chosen tokens after a delay in seconds, unless they expire before; returns their number. */
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
/** The leeway of the server's JWT library, before and after the stated times. */
const TOLERANCE_SECONDS = 900

/** The open-source server's tokens: JWTs that it does not store, so it cannot revoke them. */
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
  keyOf({ organization }: Environment): string {
    return this.#sign({ sub: organization }, TEN_YEARS_SECONDS)
  }

  /** Independent of the request; two of the same second are identical. */
  issue({ environment: { organization }, application }: Wish): string {
    const token = this.#sign({ sub: application.id, org: organization }, FOUR_WEEKS_SECONDS)
    this.#issued.add(token)
    return token
  }

  find(token: string): Caller | null {
    const claims = verifyJwt(token, this.#secret)
    if (!claims || !this.#lives(claims)) return null
    const { sub, org = sub } = claims
    const environment = this.#environments.find(({ organization }) => organization === org)
    if (!environment) return null
    const application = environment.applications.find(({ id }) => id === sub)
    return { environment, ...(application && { application }) }
  }

  alive(): string[] {
    return [...this.#issued].filter((token) => this.find(token) !== null)
  }

  /** Until when it is accepted, which is longer than it states. */
  endOf(token: string): number {
    const exp = verifyJwt(token, this.#secret)?.['exp']
    return typeof exp === 'number' ? (exp + TOLERANCE_SECONDS) * 1000 : 0
  }

  #sign(claims: { readonly sub: string; readonly org?: string }, lifetimeSeconds: number): string {
    const iat = Math.floor(this.#clock.now() / 1000)
    const exp = iat + lifetimeSeconds
    return signJwt({ iat, exp, nbf: iat, iss: 'svix-server', ...claims }, this.#secret)
  }

  /** A token without an expiry is accepted, too. */
  #lives({ exp, nbf }: Claims): boolean {
    const now = this.#clock.now() / 1000
    const isOver = typeof exp === 'number' && now >= exp + TOLERANCE_SECONDS
    const isEarly = typeof nbf === 'number' && now < nbf - TOLERANCE_SECONDS
    return !isOver && !isEarly
  }
}
