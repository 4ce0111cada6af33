import { Epoch } from '../../base/async/epoch.ts'
import { Queue } from '../../base/async/queue.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Secrets } from '../../base/secret.ts'
import type { Driver } from '../../providers/provider.ts'
import { Throttle } from '../concurrency/throttle.ts'
import { codeNeeded, type LoginReason, nothingKept, toReason } from './login-reason.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import { unusable } from './unusable.ts'

/** `order`: what a person has asked for; then it is the request that may be wrong. */
export type Purpose = 'token' | 'order'

/** With what one account may call its service now, and whether it may at all. */
export class AuthState {
  readonly #ports: SessionPorts
  readonly throttle: Throttle
  /** Advances when a person logs in, logs out or changes the account: what began before is void. */
  readonly epoch = new Epoch()
  #credential: Secrets | null = null
  #loginRequired = false
  /** Why what it makes for leases is of no use. */
  #uselessness: TokentrayError | null = null
  /** Logged out, whether or not that could be stored. */
  #isOut = false
  /** Logins by a person that are being kept. */
  readonly #changes = new Queue(1)

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.throttle = new Throttle(ports.clock, ports.random)
  }

  get account(): SessionAccount {
    const account = this.#ports.account()
    const needsPerson = account.needsPerson || this.#loginRequired || this.#isOut
    return { ...account, needsPerson, isSignedOut: account.isSignedOut || this.#isOut }
  }

  /** A person has logged in, and this is what the next login takes. */
  renew(credential: Secrets): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#uselessness = null
    this.#isOut = false
    this.#credential = this.#ports.isLocked() ? null : credential
  }

  /** A person has logged out, whether or not that can be stored. */
  leave(): void {
    this.#isOut = true
  }

  /** A credential that was missing is there again. */
  regain(): void {
    this.#loginRequired = false
  }

  /** As if nobody had ever asked. */
  forget(): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#uselessness = null
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
    const credential = await this.stored()
    this.#requireRunning()
    const isSame = this.epoch.isCurrent(current)
    if (!credential) throw isSame ? this.#missing() : new TokentrayError('login_required')
    if (isSame) this.#credential = credential
    return credential
  }

  /** What stands in the vault, or `null`. */
  async stored(): Promise<Secrets | null> {
    await this.#changes.settled()
    return await this.#ports.readCredential()
  }

  /** Nobody reads the vault while `work` changes what stands there, and what it is for. */
  whileChanging<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#changes.run(work)
  }

  /**
   * Runs a call; a refusal of the credential, if that is what it proves, means that a person must log
   * in. So does a call for a token that cannot work as the account is.
   */
  async guarded<T>(
    call: () => Promise<T>,
    proves: Driver['mintsFrom'] = 'credential',
    purpose: Purpose = 'token',
  ): Promise<T> {
    const { current } = this.epoch
    this.#requireRunning()
    this.throttle.check()
    try {
      return await this.throttle.watch(call)
    } catch (error) {
      if (!isTokentrayError(error) || !this.epoch.isCurrent(current)) throw error
      const { id } = this.account
      const isForToken = purpose === 'token'
      if (error.code === 'invalid_request' && isForToken) throw unusable(id, error)
      if (error.code === 'not_supported' && isForToken && proves === 'credential') {
        this.requireLogin(error)
        throw unusable(id, error)
      }
      const refused = error.code === 'wrong_credentials' || error.code === 'otp_required'
      if (!refused || proves === 'session' || !isForToken) throw error
      this.#credential = null
      throw this.requireLogin(error)
    }
  }

  /** What is made for leases is of no use, for this reason, until a person has logged in. */
  giveUp(reason: TokentrayError): TokentrayError {
    this.#uselessness = reason
    this.requireLogin(reason)
    return unusable(this.account.id, reason)
  }

  /** Throws where a token for a lease would be of no use. */
  requireUse(): void {
    if (this.#uselessness) throw unusable(this.account.id, this.#uselessness)
  }

  /** Says once that a person must log in, and gives the error that says so to every caller. */
  requireLogin(cause?: unknown): TokentrayError {
    return this.#refuse(toReason(cause, this.#ports.clock.now()), cause)
  }

  #missing(): TokentrayError {
    return this.#refuse(nothingKept(this.#ports.clock.now()))
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
