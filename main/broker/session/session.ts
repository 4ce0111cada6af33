import { Epoch, retryWhileStale } from '../../base/async/epoch.ts'
import { isTokentrayError, TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Secrets } from '../../base/secret.ts'
import type { ProviderSession } from '../../providers/provider.ts'
import type { Backoff } from '../concurrency/backoff.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { AuthState, type Purpose } from './auth-state.ts'
import { CredentialRotation } from './credential-rotation.ts'
import { KnownGoodToken } from './known-good-token.ts'
import { isRefusal, Renewal, type RenewedToken } from './renewal.ts'
import { mayRenew, renewAheadMs } from './renewal-times.ts'
import type { SessionPorts } from './session-ports.ts'
import { TokenChecks } from './token-checks.ts'

/** How often a call starts over after the account was changed during it. */
const ROUNDS = 4

/** The session of one account: its credential, its token, and one login for any number of callers. */
export class Session {
  readonly #ports: SessionPorts
  readonly #flights = new SingleFlight<'login', HeldToken | null>()
  readonly #authState: AuthState
  readonly tokenChecks: TokenChecks
  /** The credential, if renewals change it. */
  readonly rotation: CredentialRotation
  readonly #renewal: Renewal
  readonly #knownGood: KnownGoodToken
  #current: HeldToken | null = null
  /** The user's last login included a one-time code, needed or not; unknown after a restart. */
  usedOneTimeCode = false
  /** Issued or used to mint: only then is the token renewed ahead of its expiry. */
  #wasIssued = false
  /** The current token while locked. */
  #lockedAway: HeldToken | null = null
  /** Advances with every log-out: a login that the user began before is void. */
  readonly logouts = new Epoch()

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.rotation = new CredentialRotation(ports)
    this.#authState = new AuthState(ports, this.rotation)
    this.tokenChecks = new TokenChecks(ports)
    this.#renewal = new Renewal(ports, {
      ...{ authState: this.#authState, tokenChecks: this.tokenChecks, rotation: this.rotation },
    })
    this.#knownGood = new KnownGoodToken(ports.clock)
  }

  get backoff(): Backoff {
    return this.#authState.backoff
  }

  /** The session token while it is valid. */
  get current(): HeldToken | null {
    const held = this.#current
    return held && held.lifetime.remainingMs > 0 ? held : null
  }

  /** True if there is no token and only the user could get another; the user is then notified once. */
  checkLoginRequired(): boolean {
    const { needsUser, isSignedOut, keepsSession } = this.#authState.account
    const isEmpty = (this.current ?? this.#lockedAway) === null
    if (!isEmpty || !needsUser || !keepsSession || isSignedOut) return false
    this.#authState.requireLogin()
    return true
  }

  /** The user has logged out: no token is issued until the user logs in. */
  get isSignedOut(): boolean {
    return this.#authState.account.isSignedOut
  }

  /** True for the session token, even while it is locked away. */
  owns(held: HeldToken): boolean {
    return held === this.#current || held === this.#lockedAway
  }

  /** Advances when the user logs in, logs out or changes the account: earlier calls are void. */
  get epoch(): Epoch {
    return this.#authState.epoch
  }

  /** Makes a token the session token; one of an earlier run is not `isValid` yet. */
  adopt(held: HeldToken, isValid: boolean): void {
    const replaced = this.#current ?? this.#lockedAway
    const locked = this.#ports.isLocked()
    this.#current = locked ? null : held
    this.#lockedAway = locked ? held : null
    this.#wasIssued = false
    if (isValid) this.tokenChecks.markValid(held)
    this.#ports.changed()
    if (replaced && replaced !== held) this.#ports.onReplaced(replaced)
  }

  /** The user has logged in: takes the credential, and the token if the session keeps one. */
  signedIn(credential: Secrets, held: HeldToken | null): void {
    this.#authState.signedIn(credential)
    if (held) this.adopt(held, true)
  }

  /**
   * The session token, valid for at least `minValidityMs`, or else the best available: a token in the first
   * half of its lifetime, or one that only the user could renew. All callers share one login. `null` if the
   * account was changed meanwhile, so that the caller has to start over.
   */
  token(minValidityMs: number): Promise<HeldToken | null> {
    return retryWhileStale(ROUNDS, async () => {
      const held = await this.#usable(minValidityMs)
      const token = held === 'changed' ? null : (held ?? (await this.#renew()))
      if (token && token === this.#current) this.#wasIssued = true
      return token
    })
  }

  /** The service refused this token: it is dropped, so that the next caller logs in. */
  markRefused(held: HeldToken): boolean {
    this.tokenChecks.markRefused(held)
    if (held.kind === 'lease') this.tokenChecks.markSuspicious()
    if (!this.owns(held)) return false
    this.#current = null
    this.#lockedAway = null
    // A lease may delay its revocation; the next run must not adopt it either.
    this.#ports.ledger.markReleased(held)
    this.#ports.changed()
    return true
  }

  /** The same for a token that nothing else needs. */
  drop(held: HeldToken): void {
    if (this.markRefused(held)) this.#ports.onReplaced(held)
  }

  /** Gives up the token, which the caller revokes; the next caller logs in again. */
  release(): HeldToken | null {
    const held = this.#current ?? this.#lockedAway
    this.#current = null
    this.#lockedAway = null
    this.#ports.changed()
    return held
  }

  /** Resets the session and voids what is under way; returns the token, which has to be revoked. */
  close(): HeldToken | null {
    this.#authState.reset()
    this.logouts.advance()
    return this.release()
  }

  /** The same because the user has logged out: only a login by the user reactivates the account. */
  logOut(): HeldToken | null {
    const held = this.close()
    this.#authState.markSignedOut()
    return held
  }

  /** The stored credential, also while locked; `null` if there is none. */
  storedCredential(): Promise<Secrets | null> {
    return this.#authState.storedCredential()
  }

  /** Runs `work`, which changes the stored credential and what it is for; reads wait until it is done. */
  withExclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#authState.withExclusive(work)
  }

  /** Drops the credential from memory, and locks the token away. */
  lock(): void {
    this.#authState.dropCredential()
    this.#lockedAway = this.release()
  }

  /** Restores the token that was locked away. */
  unlock(): void {
    const held = this.#lockedAway
    this.#lockedAway = null
    // It was not checked while locked, and the user may unlock because of a problem.
    this.tokenChecks.markAllUnknown()
    if (held) this.adopt(held, false)
  }

  /** Resolves when no login is under way. */
  settled(): Promise<void> {
    return this.#flights.settled('login')
  }

  /**
   * Renews an issued token that expires soon, and notifies the user when an account that needs them has
   * lost its token. Returns the next deadline, epoch milliseconds.
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
   * Runs a call of the driver. If the session token is refused, the call is retried once after a new login;
   * `login_required` if only the user could log in. A refusal of the retry is about the call.
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

  /** The missing credential is in the keychain again: the account can log in automatically. */
  credentialFound(): void {
    this.#authState.credentialFound()
  }

  /** The user's login was refused with unchanged settings: no token is made for leases any more. */
  markUnusable(reason: TokentrayError): void {
    this.#authState.markUnusable(reason)
  }

  /**
   * Two new lease tokens in a row were refused. Rejects with the reason, which a login as for a new account
   * finds out if anything does; no more are made until the user logs in.
   */
  async diagnoseRefusals(): Promise<never> {
    const authState = this.#authState
    const { current } = this.epoch
    const { id, needsUser } = authState.account
    try {
      const live = this.current
      const renewed = needsUser ? null : await this.#renewal.check(authState.account, live)
      if (renewed && this.epoch.isCurrent(current) && authState.account.keepsSession) {
        this.#replace(live, renewed)
      } else if (renewed) void this.#ports.revoker.revoke(renewed.held)
    } catch (error) {
      if (isTokentrayError(error) && error.code === 'login_required' && error.cause !== undefined) {
        throw authState.markUnusable(toTokentrayError(error.cause))
      }
      throw error
    }
    throw authState.markUnusable(
      new TokentrayError('not_supported', 'The service refuses its own new tokens.', {
        hint: `Ask the administrator of the service, then log in again: tokentray login ${id}`,
      }),
    )
  }

  /** Replaces the session token, however long it is still valid. */
  async rotate(): Promise<void> {
    await this.settled()
    await this.#renew()
  }

  /**
   * What a call is made with, and the session token in it, since the session may have a newer one when the
   * call is refused. `because`: what the previous call was refused with.
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
      throw new TokentrayError('temporarily_unavailable', `${id} was changed meanwhile.`, {
        recordedCause: 'account_changing',
      })
    }
    const credential = await this.#authState.credential()
    // The values of the login that the credential is from.
    const { values } = this.#authState.account
    return { source: { values, credential, ...(held && { token: held.token }) }, parent: held }
  }

  /** The current token if it suffices; `null` if another is needed. */
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

  /** `null` if the account was changed meanwhile: the token is revoked, and the caller starts over. */
  async #obtain(): Promise<HeldToken | null> {
    const { current } = this.epoch
    const { account } = this.#authState
    if (!account.keepsSession) return null
    try {
      const renewal = this.#renewal
      const live = this.current
      const refreshed = live && (await renewal.refresh(account, live, () => this.drop(live)))
      const renewed = refreshed ?? (await renewal.fromCredential(account, this.current))
      if (renewed && this.epoch.isCurrent(current)) {
        this.#replace(live, renewed)
        return renewed.held
      }
      // Not awaited: the revocation may be queued behind a caller that awaits this login.
      if (renewed) void this.#ports.revoker.revoke(renewed.held)
    } catch (error) {
      if (this.epoch.isCurrent(current)) throw error
    }
    return null
  }

  /** Takes a new token, with what the service made of the one before; `OldToken` says what follows. */
  #replace(live: HeldToken | null, { held, old }: RenewedToken): void {
    const before = this.#current ?? live
    if (before && held !== before && old === 'ends') {
      this.tokenChecks.markRefused(before)
      this.#ports.onEnded(before)
    }
    if (this.#current && old === 'unknown') this.tokenChecks.markUnknown(this.#current)
    this.adopt(held, true)
  }
}
