import { Epoch } from '../../base/async/epoch.ts'
import { Queue } from '../../base/async/queue.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Secrets } from '../../base/secret.ts'
import type { Driver } from '../../providers/provider.ts'
import { Backoff } from '../concurrency/backoff.ts'
import type { CredentialRotation } from './credential-rotation.ts'
import {
  accountUnusable,
  codeNeeded,
  credentialMissing,
  type LoginReason,
  toLoginReason,
} from './login-reason.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'

/** `action`: something the user asked for, so that a refusal may be about the request. */
export type Purpose = 'token' | 'action'

/** Whether an account may call its service, and with which credential. */
export class AuthState {
  readonly #ports: SessionPorts
  readonly #rotation: Pick<CredentialRotation, 'read'>
  readonly backoff: Backoff
  /** Advances when the user logs in, logs out or changes the account: earlier calls are void. */
  readonly epoch = new Epoch()
  #credential: Secrets | null = null
  #loginRequired = false
  /** Why tokens for leases would be unusable. */
  #unusableReason: TokentrayError | null = null
  /** Logged out, even if that could not be stored. */
  #isSignedOut = false
  /** Changes of the stored credential. */
  readonly #changes = new Queue(1)

  constructor(ports: SessionPorts, rotation: Pick<CredentialRotation, 'read'>) {
    this.#ports = ports
    this.#rotation = rotation
    this.backoff = new Backoff(ports.clock, ports.random)
  }

  get account(): SessionAccount {
    const account = this.#ports.account()
    const needsUser = account.needsUser || this.#loginRequired || this.#isSignedOut
    return { ...account, needsUser, isSignedOut: account.isSignedOut || this.#isSignedOut }
  }

  /** The user has logged in; the next login takes this credential. */
  signedIn(credential: Secrets): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#unusableReason = null
    this.#isSignedOut = false
    this.#credential = this.#ports.isLocked() ? null : credential
  }

  /** The user has logged out, even if that cannot be stored. */
  markSignedOut(): void {
    this.#isSignedOut = true
  }

  /** A missing credential is in the keychain again. */
  credentialFound(): void {
    this.#loginRequired = false
  }

  /** Back to the initial state; calls under way are void. */
  reset(): void {
    this.epoch.advance()
    this.#loginRequired = false
    this.#unusableReason = null
    this.dropCredential()
  }

  /** It is read from the vault when next needed. */
  dropCredential(): void {
    this.#credential = null
  }

  /** The stored credential; throws `login_required` if there is none. */
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

  /** The stored credential, or `null`. */
  async storedCredential(): Promise<Secrets | null> {
    await this.#changes.settled()
    return await this.#rotation.read()
  }

  /** Runs `work`, which changes the stored credential and what it is for; reads wait until it is done. */
  withExclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#changes.run(work)
  }

  /**
   * Runs work that may get another credential from the service; reads of the credential wait until it is
   * done. `work` must not read it through this class.
   */
  withRotation<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.withExclusive(() => {
      this.dropCredential()
      return work()
    })
  }

  /**
   * The service has given another credential, in answer to a request of the epoch `mark`; only within
   * `withRotation`.
   */
  rotated(credential: Secrets, mark: number): void {
    // Security: after a log-out it is only to be ended, so that it must not stay in memory.
    if (!this.epoch.isCurrent(mark)) return
    this.#credential = this.#ports.isLocked() ? null : credential
  }

  /** No credential is stored: the user has to log in. */
  credentialMissing(): TokentrayError {
    return this.#missing()
  }

  /**
   * Runs a call to the service. If the call `proves` the credential and the service refuses it, the user
   * must log in again. The same if no token can be made with the account's settings.
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

  /** Tokens for leases are unusable for this reason until the user logs in. */
  markUnusable(reason: TokentrayError): TokentrayError {
    this.#unusableReason = reason
    this.requireLogin(reason)
    return accountUnusable(this.account.id, reason)
  }

  /** Throws if a token for a lease would be unusable. */
  requireUsable(): void {
    if (this.#unusableReason) throw accountUnusable(this.account.id, this.#unusableReason)
  }

  /** Reports once that the user must log in, and returns the error for every caller. */
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

  /** Precedes every call that makes a token: Tokentray is neither locked nor stopping. */
  #requireRunning(): void {
    const { isLocked, stopping } = this.#ports
    if (isLocked()) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
    if (stopping.aborted) {
      throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.', {
        recordedCause: 'stopping',
      })
    }
  }
}
