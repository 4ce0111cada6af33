import type { Clock } from '../../base/clock.ts'
import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Secrets } from '../../base/secret.ts'
import { Backoff } from '../concurrency/backoff.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { CredentialEntry } from '../ledger/ledger-entry.ts'
import type { SessionAccount } from './session-ports.ts'

export interface RotationPorts {
  /** The account as it is now; throws `not_found` once it is removed. */
  readonly account: () => Pick<SessionAccount, 'uid' | 'id' | 'provider' | 'values' | 'isSignedOut'>
  /** The keychain item with the credential of the account as it is now; `null` once it is removed. */
  readonly credentialItem: () => string | null
  /** The credential in the keychain; `null` if there is none. */
  readonly readCredential: () => Promise<Secrets | null>
  readonly storeCredential: (item: string, credential: Secrets) => Promise<void>
  readonly ledger: Ledger
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** What the session shows to the user has changed. */
  readonly changed: () => void
}

/** Errors after which the service certainly did not renew the credential. */
const NOT_RENEWED: readonly ErrorCode[] = [
  ...(['wrong_credentials', 'otp_required', 'rate_limited', 'invalid_request'] as const),
  ...(['not_supported', 'login_required', 'vault_locked', 'vault_unavailable'] as const),
]

/** True if the service may have renewed the credential although the answer was lost. */
export function mayBeRenewed(error: unknown): boolean {
  if (!isTokentrayError(error)) return true
  return !error.isUnsent && error.silentHost === undefined && !NOT_RENEWED.includes(error.code)
}

/**
 * The credential of an account whose renewals change it. The order in which nothing is lost that can be
 * kept:
 *
 * 1. `begin` writes a line to the ledger before the service is asked. If that fails, it is not asked.
 * 2. `take` has the new credential in memory as soon as the answer is there; from now on it is the
 *    account's. It goes into the ledger in one write with the token.
 * 3. `store` writes it to the keychain, then removes the line. Only now is the token used.
 *
 * If the keychain cannot be written, the credential stays in memory and in the ledger, the user sees
 * `notice`, and `retry` tries again, with the ledger too if that failed; the token is used all the same.
 * At a start the ledger takes precedence over the keychain. A crash or a lost answer between 1 and 2 loses
 * the new credential: the old one is tried once more, and if it is refused the user has to log in again;
 * the error says why.
 */
export class CredentialRotation {
  readonly #ports: RotationPorts
  readonly #backoff: Backoff
  /** The last try to write the keychain failed. */
  #hasFailed = false
  /** What was last written to the keychain: its line may stay in the ledger for a renewal under way. */
  #stored: Secrets | null = null

  constructor(ports: RotationPorts) {
    this.#ports = ports
    this.#backoff = new Backoff(ports.clock, ports.random)
  }

  /** The newest credential, also if the keychain does not have it yet; `null` if there is none. */
  async read(): Promise<Secrets | null> {
    return this.#saved?.credential ?? (await this.#ports.readCredential())
  }

  /**
   * Call before the service is asked. Resolves to true if an earlier renewal, perhaps of an earlier run,
   * was cut off before its answer; rejects with `record_unavailable`.
   */
  async begin(): Promise<boolean> {
    const { credentials } = this.#ports.ledger
    const saved = this.#saved ?? this.#add()
    const wasCutOff = saved.isRenewing === true
    try {
      await credentials.write(credentials.change(saved, { isRenewing: true }))
    } catch (error) {
      // Nothing is sent, so that the next renewal must not take this one for cut off.
      if (!wasCutOff) await this.cancel()
      throw error
    }
    return wasCutOff
  }

  /** The service has certainly not renewed it, or has refused it for good. Never rejects. */
  async cancel(): Promise<void> {
    const saved = this.#saved
    if (!saved) return
    const { credentials } = this.#ports.ledger
    if (!this.#isMissing(saved)) return await this.#remove(saved)
    await credentials.write(credentials.change(saved, {})).catch((error: unknown) => {
      this.#ports.log.warn('a renewal that did not happen stays in the ledger', { error })
    })
  }

  /** From now on this is the credential of the account, in memory; `store` must follow. */
  take(credential: Secrets): void {
    this.#ports.ledger.credentials.change(this.#saved ?? this.#add(), { credential })
  }

  /** Writes the newest credential to the keychain, if that does not have it yet. Never rejects. */
  async store(): Promise<void> {
    const saved = this.#saved
    // Logging out ends and removes what it finds, so it must not come back into the keychain.
    if (!saved?.credential || !this.#isMissing(saved) || this.#ports.account().isSignedOut) return
    const { credential, item } = saved
    try {
      await this.#ports.storeCredential(item, credential)
    } catch (error) {
      this.#backoff.failed()
      this.#backoff.pause()
      this.#ports.log.warn('a renewed credential is not in the keychain yet', { error })
      await this.#writeLine(saved)
      this.#tell(true)
      return
    }
    this.#stored = credential
    this.#backoff.succeeded()
    this.#tell(false)
    // Another renewal may have changed it meanwhile.
    const now = this.#ports.ledger.credentials.find(item)
    if (now?.credential === credential && !now.isRenewing) await this.#remove(now)
  }

  /** Stores what the keychain does not have yet, as after a crash; returns when to try again, epoch milliseconds. */
  retry(): number {
    const saved = this.#saved
    if (!saved || !this.#isMissing(saved)) return Number.POSITIVE_INFINITY
    const { retryAt } = this.#backoff
    if (retryAt !== null && retryAt > this.#ports.clock.now()) return retryAt
    // Without a pause while this is under way: each tick would begin another one.
    this.#backoff.pause()
    void this.store()
    return this.#backoff.retryAt ?? Number.POSITIVE_INFINITY
  }

  /** The notice for the user while the keychain does not have the credential; `null` if it does. */
  get notice(): string | null {
    const saved = this.#saved
    if (!this.#hasFailed || !saved) return null
    const { id } = this.#ports.account()
    const { isPersistent, credentials } = this.#ports.ledger
    const kept =
      isPersistent && credentials.isWritten(saved)
        ? 'It is kept in the encrypted ledger until then.'
        : 'It is lost if Tokentray quits before.'
    return `The renewed login of ${id} could not be saved in the keychain yet. ${kept}`
  }

  get #saved(): CredentialEntry | undefined {
    const item = this.#ports.credentialItem()
    return item === null ? undefined : this.#ports.ledger.credentials.find(item)
  }

  /** True if it has a credential that the keychain does not have yet. */
  #isMissing({ credential }: CredentialEntry): boolean {
    return credential !== undefined && credential !== this.#stored
  }

  #add(): CredentialEntry {
    const { account, credentialItem, ledger } = this.#ports
    const { uid, id, provider, values } = account()
    const item = credentialItem()
    if (item === null) throw new TokentrayError('not_found', 'The account was removed meanwhile.')
    const owner = { accountUid: uid, account: id, provider: provider.id, values }
    return ledger.credentials.add(owner, item)
  }

  /** The ledger may not have it either, if the disk was full when it came. */
  async #writeLine(saved: CredentialEntry): Promise<void> {
    const { credentials } = this.#ports.ledger
    if (credentials.isWritten(saved)) return
    try {
      await credentials.write(saved)
      this.#ports.changed()
    } catch (error) {
      this.#ports.log.warn('a renewed credential is not in the ledger yet', { error })
    }
  }

  async #remove(saved: CredentialEntry): Promise<void> {
    await this.#ports.ledger.credentials.remove(saved).catch((error: unknown) => {
      this.#ports.log.warn('a credential that the keychain has stays in the ledger', { error })
    })
  }

  #tell(hasFailed: boolean): void {
    if (this.#hasFailed === hasFailed) return
    this.#hasFailed = hasFailed
    this.#ports.changed()
  }
}
