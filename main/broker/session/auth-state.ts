import { Epoch } from '../../base/async/epoch.ts'
import { Queue } from '../../base/async/queue.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Secrets } from '../../base/secret.ts'
import type { Driver } from '../../providers/provider.ts'
import { Backoff } from '../concurrency/backoff.ts'
import { codeNeeded, credentialMissing, type LoginReason, toLoginReason } from './login-reason.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import { accountUnusable } from './unusable.ts'

/** `order`: what a person has asked for; then it is the request that may be wrong. */
export type Purpose = 'token' | 'order'

/** With what one account may call its service now, and whether it may at all. */
export class AuthState {
  readonly #ports: SessionPorts
  readonly backoff: Backoff
  /** Advances when a person logs in, logs out or changes the account: what began before is void. */
  readonly epoch = new Epoch()
  #credential: Secrets | null = null
  #loginRequired = false
  /** Why what it makes for leases is of no use. */
  #unusableReason: TokentrayError | null = null
  /** Logged out, whether or not that could be stored. */
  #isSignedOut = false
  /** Logins by a person that are being kept. */
  readonly #changes = new Queue(1)

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.backoff = new Backoff(ports.clock, ports.random)
  }

  get account(): SessionAccount {
    const account = this.#ports.account()
    const needsUser = account.needsUser || this.#loginRequired || this.#isSignedOut
    return { ...account, needsUser, isSignedOut: account.isSignedOut || this.#isSignedOut }
  }

  /** A person has logged in, and this is what the next login takes. */
  signedIn(credential: Secrets): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#unusableReason = null
    this.#isSignedOut = false
    this.#credential = this.#ports.isLocked() ? null : credential
  }

  /** A person has logged out, whether or not that can be stored. */
  markSignedOut(): void {
    this.#isSignedOut = true
  }

  /** A credential that was missing is there again. */
  credentialFound(): void {
    this.#loginRequired = false
  }

  /** As if nobody had ever asked. */
  reset(): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#unusableReason = null
    this.dropCredential()
  }

  /** It is read from the vault when it is next needed. */
  dropCredential(): void {
    this.#credential = null
  }

  /** What stands in the vault; `login_required` if that is nothing. */
  async credential(): Promise<Secrets> {
    if (this.#credential) return this.#credential
    const { current } = this.epoch
    const credential = await this.storedCredential()
    this.#requireRunning()
    const isSame = this.epoch.isCurrent(current)
    if (!credential) throw isSame ? this.#missing() : new TokentrayError('login_required')
    if (isSame) this.#credential = credential
    return credential
  }

  /** What stands in the vault, or `null`. */
  async storedCredential(): Promise<Secrets | null> {
    await this.#changes.settled()
    return await this.#ports.readCredential()
  }

  /** Nobody reads the vault while `work` changes what stands there, and what it is for. */
  withExclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#changes.run(work)
  }

  /**
   * Runs a call; a refusal of the credential, if that is what it proves, means that a person must log
   * in. So does a call for a token that cannot work as the account is.
   */
  async callService<T>(
    call: () => Promise<T>,
    proves: Driver['mintsFrom'] = 'credential',
    purpose: Purpose = 'token',
  ): Promise<T> {
    const { current } = this.epoch
    this.#requireRunning()
    this.backoff.check()
    try {
      return await this.backoff.run(call)
    } catch (error) {
      if (!isTokentrayError(error) || !this.epoch.isCurrent(current)) throw error
      const { id } = this.account
      const isForToken = purpose === 'token'
      if (error.code === 'invalid_request' && isForToken) throw accountUnusable(id, error)
      if (error.code === 'not_supported' && isForToken && proves === 'credential') {
        this.requireLogin(error)
        throw accountUnusable(id, error)
      }
      const refused = error.code === 'wrong_credentials' || error.code === 'otp_required'
      if (!refused || proves === 'session' || !isForToken) throw error
      this.#credential = null
      throw this.requireLogin(error)
    }
  }

  /** What is made for leases is of no use, for this reason, until a person has logged in. */
  markUnusable(reason: TokentrayError): TokentrayError {
    this.#unusableReason = reason
    this.requireLogin(reason)
    return accountUnusable(this.account.id, reason)
  }

  /** Throws where a token for a lease would be of no use. */
  requireUsable(): void {
    if (this.#unusableReason) throw accountUnusable(this.account.id, this.#unusableReason)
  }

  /** Says once that a person must log in, and gives the error that says so to every caller. */
  requireLogin(cause?: unknown): TokentrayError {
    return this.#refuse(toLoginReason(cause, this.#ports.clock.now()), cause)
  }

  #missing(): TokentrayError {
    return this.#refuse(credentialMissing(this.#ports.clock.now()))
  }

  #refuse(fresh: LoginReason | null, cause?: unknown): TokentrayError {
    const { id, isSignedOut, needsCode, loginRequiredBecause } = this.account
    const known = loginRequiredBecause ?? fresh
    const reason = known ?? (needsCode ? codeNeeded(this.#ports.clock.now()) : null)
    if (!this.#loginRequired) {
      this.#loginRequired = true
      this.#ports.onLoginRequired(reason, cause)
    }
    const why = reason ? `: ${reason.sentence}` : '.'
    const what = isSignedOut ? 'is logged out.' : `needs you to log in again${why}`
    const more = !isSignedOut && reason?.hint ? ` ${reason.hint}` : ''
    return new TokentrayError('login_required', `${id} ${what}`, {
      account: id,
      hint: `Run "tokentray login ${id}".${more}`,
      cause,
    })
  }

  /** Before every call that makes a token: neither locked nor about to stop. */
  #requireRunning(): void {
    const { isLocked, stopping } = this.#ports
    if (isLocked()) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
    if (stopping.aborted) {
      throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
    }
  }
}
