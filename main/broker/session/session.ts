import { Epoch, retryWhileStale } from '../../base/async/epoch.ts'
import { isTokentrayError, TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Secrets } from '../../base/secret.ts'
import type { ProviderSession } from '../../providers/provider.ts'
import type { Backoff } from '../concurrency/backoff.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { AuthState, type Purpose } from './auth-state.ts'
import { KnownGoodToken } from './known-good-token.ts'
import { isRefusal, Renewal } from './renewal.ts'
import { mayRenew, renewAheadMs } from './renewal-times.ts'
import type { SessionPorts } from './session-ports.ts'
import { TokenChecks } from './token-checks.ts'

/** How often a caller looks again after the account was changed under it. */
const ROUNDS = 4

/** The signed-in state of one account: its credential, its token, and one login for any number of callers. */
export class Session {
  readonly #ports: SessionPorts
  readonly #flights = new SingleFlight<'login', HeldToken | null>()
  readonly #authState: AuthState
  readonly tokenChecks: TokenChecks
  readonly #renewal: Renewal
  readonly #knownGood: KnownGoodToken
  #current: HeldToken | null = null
  /** The last login by a person had a one-time code with it, be it needed or not; not known after a restart. */
  usedOneTimeCode = false
  /** Handed out or minted from: only then is the token renewed ahead of its end. */
  #wasIssued = false
  /** The current token while locked. */
  #lockedAway: HeldToken | null = null
  /** Advances with every log-out: a login by a person that began before is void. */
  readonly logouts = new Epoch()

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.#authState = new AuthState(ports)
    this.tokenChecks = new TokenChecks(ports)
    this.#renewal = new Renewal(ports, this.#authState, this.tokenChecks)
    this.#knownGood = new KnownGoodToken(ports.clock)
  }

  get backoff(): Backoff {
    return this.#authState.backoff
  }

  /** The session's own token while it lives. */
  get current(): HeldToken | null {
    const held = this.#current
    return held && held.lifetime.remainingMs > 0 ? held : null
  }

  /** True, and said once to the person, if there is no token and only a person could get another. */
  checkLoginRequired(): boolean {
    const { needsUser, isSignedOut, keepsSession } = this.#authState.account
    const isEmpty = (this.current ?? this.#lockedAway) === null
    if (!isEmpty || !needsUser || !keepsSession || isSignedOut) return false
    this.#authState.requireLogin()
    return true
  }

  /** A person has logged out: until a person logs in, no token of the account leaves. */
  get isSignedOut(): boolean {
    return this.#authState.account.isSignedOut
  }

  /** True for the session's own token, also while it is locked away. */
  owns(held: HeldToken): boolean {
    return held === this.#current || held === this.#lockedAway
  }

  /** Advances when a person logs in, logs out or changes the account: what began before is void. */
  get epoch(): Epoch {
    return this.#authState.epoch
  }

  /** Takes a token as the session's own; one that an earlier run left is not `proven`. */
  adopt(held: HeldToken, proven: boolean): void {
    const replaced = this.#current ?? this.#lockedAway
    const locked = this.#ports.isLocked()
    this.#current = locked ? null : held
    this.#lockedAway = locked ? held : null
    this.#wasIssued = false
    if (proven) this.tokenChecks.markValid(held)
    this.#ports.changed()
    if (replaced && replaced !== held) this.#ports.onReplaced(replaced)
  }

  /** A person has logged in: takes the credential, and the token if the session keeps one. */
  signedIn(credential: Secrets, held: HeldToken | null): void {
    this.#authState.signedIn(credential)
    if (held) this.adopt(held, true)
  }

  /**
   * The session's token, living at least `minValidityMs` longer, or else the best there is: a token
   * younger than half its life, or one that only a person could renew. All callers share one login.
   * `null` when the account was changed meanwhile, so that whoever asks has to look at it anew.
   */
  token(minValidityMs: number): Promise<HeldToken | null> {
    return retryWhileStale(ROUNDS, async () => {
      const held = await this.#usable(minValidityMs)
      const token = held === 'changed' ? null : (held ?? (await this.#renew()))
      if (token && token === this.#current) this.#wasIssued = true
      return token
    })
  }

  /** The service refused this token: it is dropped, so that the next caller logs in, once. */
  markRefused(held: HeldToken): boolean {
    this.tokenChecks.markRefused(held)
    if (held.kind === 'lease') this.tokenChecks.markSuspicious()
    if (!this.owns(held)) return false
    this.#current = null
    this.#lockedAway = null
    // Leases may keep it from being ended; the next run is not to believe in it either.
    this.#ports.ledger.markReleased(held)
    this.#ports.changed()
    return true
  }

  /** The same, and nobody else needs the token either. */
  drop(held: HeldToken): void {
    if (this.markRefused(held)) this.#ports.onReplaced(held)
  }

  /** The token as an answer to "log out": whoever asks for one next logs in again. */
  release(): HeldToken | null {
    const held = this.#current ?? this.#lockedAway
    this.#current = null
    this.#lockedAway = null
    this.#ports.changed()
    return held
  }

  /** Forgets everything, and makes void what is under way; returns the token that now has to end. */
  close(): HeldToken | null {
    this.#authState.reset()
    this.logouts.advance()
    return this.release()
  }

  /** The same because a person has logged out: only a person's login makes it of use again. */
  logOut(): HeldToken | null {
    const held = this.close()
    this.#authState.markSignedOut()
    return held
  }

  /** What stands in the vault, also while locked; `null` if that is nothing. */
  storedCredential(): Promise<Secrets | null> {
    return this.#authState.storedCredential()
  }

  /** Nobody gets a credential while `work` changes it together with what it is for. */
  withExclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#authState.withExclusive(work)
  }

  /** Forgets what only hand-outs need. */
  lock(): void {
    this.#authState.dropCredential()
    this.#lockedAway = this.release()
  }

  /** Takes up the token again that was there before the lock, if it still lives. */
  unlock(): void {
    const held = this.#lockedAway
    this.#lockedAway = null
    // Nobody has looked for a while, which is what a person may unlock for.
    this.tokenChecks.markAllUnknown()
    if (held) this.adopt(held, false)
  }

  /** Resolves when no login is under way. */
  settled(): Promise<void> {
    return this.#flights.settled('login')
  }

  /**
   * Renews a used token whose end is near, and says when an account that only a person can log in
   * has lost its token. Returns when to look again, epoch milliseconds.
   */
  tick(): number {
    const { needsUser, keepsSession, driver } = this.#authState.account
    const held = this.current
    if (!held) {
      if (needsUser && keepsSession) this.#authState.requireLogin()
      return Number.POSITIVE_INFINITY
    }
    const { remainingMs } = held.lifetime
    const now = this.#ports.clock.now()
    if (needsUser && !driver.refresh) return now + remainingMs
    if (!this.#wasIssued) return Number.POSITIVE_INFINITY
    const dueIn = remainingMs - renewAheadMs(held.lifeMs, this.#ports.random())
    if (dueIn > 0) return now + dueIn
    // A failure is kept by the backoff and reported to the next caller.
    this.#renew().catch(() => undefined)
    return Number.POSITIVE_INFINITY
  }

  /**
   * Runs a call of the driver. If somebody else has ended the session's token it is made once more,
   * after one new login; `login_required` where only a person could make it work. What a service says
   * of a new token's call is about the call.
   */
  async call<Value>(
    work: (session: ProviderSession) => Promise<Value>,
    purpose: Purpose = 'token',
  ): Promise<Value> {
    const authState = this.#authState
    if (purpose === 'token') authState.requireUsable()
    const { mintsFrom } = authState.account.driver
    const { source, parent } = await this.#source()
    const first = () => this.#knownGood.run(parent, () => work(source))
    try {
      return await authState.callService(first, mintsFrom, purpose)
    } catch (error) {
      if (!parent || !isRefusal(error)) throw error
      this.drop(parent)
      const renewed = await this.#source(error)
      const again = () => this.#knownGood.retry(renewed.parent, () => work(renewed.source))
      return await authState.callService(again, 'credential', purpose)
    }
  }

  /** What logins take is there again: they need no person any more. */
  credentialFound(): void {
    this.#authState.credentialFound()
  }

  /** A person's login was refused although nothing of the account was changed: none is made any more. */
  markUnusable(reason: TokentrayError): void {
    this.#authState.markUnusable(reason)
  }

  /**
   * Two tokens in a row that were made for leases are refused. Rejects with why, which a login that
   * trusts nothing finds out if anything does: no more are made until a person has logged in.
   */
  async diagnoseRefusals(): Promise<never> {
    const authState = this.#authState
    const { current } = this.epoch
    const { id, needsUser } = authState.account
    try {
      const held = needsUser ? null : await this.#renewal.check(authState.account)
      if (held && this.epoch.isCurrent(current) && authState.account.keepsSession) {
        this.adopt(held, true)
      } else if (held) void this.#ports.revoker.revoke(held)
    } catch (error) {
      if (isTokentrayError(error) && error.code === 'login_required' && error.cause !== undefined) {
        throw authState.markUnusable(toTokentrayError(error.cause))
      }
      throw error
    }
    throw authState.markUnusable(
      new TokentrayError('not_supported', 'The service refuses tokens that it has just made.', {
        hint: `Ask whoever runs the service, then log in again: tokentray login ${id}`,
      }),
    )
  }

  /** Another token for the session, whatever is left of the present one, which then retires. */
  async rotate(): Promise<void> {
    await this.settled()
    await this.#renew()
  }

  /**
   * With what a call is made, and the session's token in it: that of another moment may be a newer one,
   * which a refusal says nothing of. `because`: what the call before was refused with.
   */
  async #source(
    because?: unknown,
  ): Promise<{ readonly source: ProviderSession; readonly parent: HeldToken | null }> {
    const { id, driver, needsUser } = this.#authState.account
    const fromSession = driver.mintsFrom === 'session'
    if (needsUser && (!fromSession || (because !== undefined && !this.current))) {
      throw this.#authState.requireLogin(because)
    }
    const held = fromSession ? await this.token(0) : null
    if (fromSession && !held) {
      throw new TokentrayError('temporarily_unavailable', `${id} was changed meanwhile.`)
    }
    const credential = await this.#authState.credential()
    // Those of the login whose credential it is.
    const { values } = this.#authState.account
    return { source: { values, credential, ...(held && { token: held.token }) }, parent: held }
  }

  /** The current token if it will do; `null` if there has to be another. */
  async #usable(minValidityMs: number): Promise<HeldToken | 'changed' | null> {
    const { driver, needsUser } = this.#authState.account
    const held = this.current
    if (!held) return null
    if (!(await this.tokenChecks.check(held, driver))) {
      this.drop(held)
      return 'changed'
    }
    if (held !== this.#current) return 'changed'
    const { remainingMs } = held.lifetime
    if (remainingMs >= minValidityMs || !mayRenew(held.lifeMs, remainingMs)) return held
    return needsUser && !driver.refresh ? held : null
  }

  #renew(): Promise<HeldToken | null> {
    return this.#flights.run('login', () => this.#obtain())
  }

  /** `null` if the account was changed meanwhile: the token has been ended, and one looks again. */
  async #obtain(): Promise<HeldToken | null> {
    const { current } = this.epoch
    const { account } = this.#authState
    if (!account.keepsSession) return null
    try {
      const renewal = this.#renewal
      const live = this.current
      const refreshed = live && (await renewal.refresh(account, live, () => this.drop(live)))
      const held = refreshed ?? (await renewal.login(account))
      if (held && this.epoch.isCurrent(current)) {
        // What a refresh does to the old token only the service knows.
        if (this.#current) this.tokenChecks.markUnknown(this.#current)
        this.adopt(held, true)
        return held
      }
      // Not waited for: it may stand behind somebody who waits for this login.
      if (held) void this.#ports.revoker.revoke(held)
    } catch (error) {
      if (this.epoch.isCurrent(current)) throw error
    }
    return null
  }
}
