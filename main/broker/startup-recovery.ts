import { fingerprint } from '../audit/fingerprint.ts'
import type { Clock } from '../base/clock.ts'
import { type TokentrayError, toTokentrayError } from '../base/errors.ts'
import { randomText } from '../base/ids.ts'
import { Secret } from '../base/secret.ts'
import type { Vault } from '../vault/vault.ts'
import type { Accounts } from './account/accounts.ts'
import { credentialKey, FINGERPRINT_KEY } from './account/keychain-items.ts'
import { Backoff } from './concurrency/backoff.ts'
import { SingleFlight } from './concurrency/single-flight.ts'
import { type HeldToken, isToken, type Ledger, type LedgerItem } from './ledger/ledger.ts'
import type { RevocationEvent } from './revocation/revocation-status.ts'
import type { Revoker } from './revocation/revoker.ts'
import type { Calls } from './service/driver-calls.ts'
import { keepsSession } from './service/keeps-session.ts'

/** After a failure, the keychain is not called again for so long. */
const RETRY_MS = 1_000

interface RecoveryPorts {
  readonly vault: Vault
  readonly ledger: Ledger
  readonly accounts: () => Accounts
  /** Called for a token that a tool may have from an earlier run. */
  readonly markIssued: (held: HeldToken) => void
  readonly revoker: Revoker
  readonly calls: Calls
  readonly clock: Clock
  readonly notice: (text: string) => void
  /** Deletes unused vault items of earlier runs. */
  readonly sweep: () => void
  /** Called when the records are open. */
  readonly onOpened: () => void
  /** Called when no token of an earlier run is pending any more. */
  readonly onDone: (recovery: Recovery) => void
}

/** The tokens of earlier runs, by outcome. */
export interface Recovery {
  readonly state: 'waiting' | 'running' | 'done'
  /** Pending revocations. */
  readonly remaining: number
  /** Revoked, as confirmed by the service. */
  readonly revoked: number
  readonly expired: number
  /** Not revoked, so that they are valid until they expire. */
  readonly untilExpiry: number
  /** Adopted by sessions, which still have them: tools of the earlier run may, too. */
  readonly resumed: number
  /** Readable by a newer version only, so that their state is unknown. */
  readonly unreadable: number
}

/**
 * Opens the records that are encrypted with keys from the vault; until that succeeds no token is issued,
 * because none could be recorded. Then recovers from earlier runs: sessions adopt their session token if it
 * is still valid and was not released; every other token of earlier runs is revoked.
 */
export class StartupRecovery {
  readonly #ports: RecoveryPorts
  readonly #flight = new SingleFlight<'open', void>()
  #fingerprint: ((token: Secret) => string) | null = null
  #failure: TokentrayError | null = null
  readonly #backoff: Backoff
  #leftovers: ReadonlySet<string> = new Set()
  readonly #ended = { revoked: 0, expired: 0 }
  #resumed: readonly HeldToken[] = []
  #reported = false

  constructor(ports: RecoveryPorts) {
    this.#ports = ports
    this.#backoff = new Backoff(ports.clock)
  }

  /** Resolves when the records are open; rejects with `vault_locked` or `vault_unavailable`. */
  async opened(): Promise<void> {
    if (this.isOpen) return
    if (this.#failure && (this.#backoff.retryAt ?? 0) > this.#ports.clock.now()) throw this.#failure
    await this.#flight.run('open', () => this.#open())
  }

  get isOpen(): boolean {
    return this.#fingerprint !== null
  }

  /** The keyed fingerprint of a token; only after `opened`. */
  get fingerprint(): (token: Secret) => string {
    if (!this.#fingerprint) throw new Error('The records are not open yet.')
    return this.#fingerprint
  }

  /** Why the last attempt failed. */
  get failure(): TokentrayError | null {
    return this.#failure
  }

  get recovery(): Recovery {
    const { unreadable } = this.#ports.ledger
    const accounts = this.#ports.accounts()
    const resumed = this.#resumed.filter(
      (held) => accounts.byUid(held.accountUid)?.session.owns(held) ?? false,
    ).length
    const counts = { remaining: 0, untilExpiry: 0, unreadable, resumed, ...this.#ended }
    if (!this.#fingerprint) return { state: 'waiting', ...counts }
    for (const { item, status } of this.#ports.revoker.tracker.outstanding()) {
      if (!this.#leftovers.has(item.id)) continue
      if (status.outcome === 'until_expiry') counts.untilExpiry += 1
      else if (!status.isExpired) counts.remaining += 1
    }
    return { state: counts.remaining === 0 ? 'done' : 'running', ...counts }
  }

  /** Reports once when the recovery is done. */
  reportDone(): void {
    const { recovery } = this
    if (this.#reported || recovery.state !== 'done') return
    this.#reported = true
    this.#ports.onDone(recovery)
  }

  /** Counts the outcome of a token of an earlier run. */
  countOutcome({ id }: LedgerItem, { kind }: RevocationEvent): void {
    if (!this.#leftovers.has(id)) return
    if (kind === 'revoked' || kind === 'expired') this.#ended[kind] += 1
  }

  async #open(): Promise<void> {
    const { vault, ledger, notice, clock } = this.#ports
    try {
      const key = await getOrMake(vault, FINGERPRINT_KEY)
      for (const text of await ledger.open()) notice(text)
      await this.#ports.accounts().recoverCredentials()
      this.#fingerprint = (token) => fingerprint(key, token)
      this.#failure = null
    } catch (error) {
      this.#failure = toTokentrayError(error)
      this.#backoff.pauseUntil(clock.now() + RETRY_MS)
      throw this.#failure
    }
    this.#revokeLeftovers()
    this.#ports.sweep()
    this.#ports.onOpened()
  }

  #revokeLeftovers(): void {
    const { ledger, revoker, accounts, markIssued } = this.#ports
    const kept = this.#adoptable()
    for (const [uid, held] of kept) {
      // The earlier run may have issued it.
      markIssued(held)
      accounts().getByUid(uid).session.adopt(held, false)
    }
    this.#resumed = [...kept.values()]
    this.#sortCredentials()
    const isKept = (item: LedgerItem) => kept.get(item.accountUid) === item
    const leftovers = ledger.all().filter((item) => !isKept(item))
    this.#leftovers = new Set(leftovers.map(({ id }) => id))
    // Not awaited: the status has the number of pending ones.
    void revoker.revokeAll(leftovers, 'background').then(() => this.reportDone())
  }

  /**
   * Sorts the credentials that a renewal changed. That of an account stays its own, and goes into the
   * keychain. That of a logged-out account is ended at its service. One that a later login replaced is
   * dropped. That of a provider which only another version knows is left to that version.
   */
  #sortCredentials(): void {
    const { ledger, accounts, calls } = this.#ports
    for (const entry of ledger.credentials.all()) {
      const driver = calls.driverOf(entry)
      if (!driver) continue
      const record = accounts().byUid(entry.accountUid)?.record
      const isLoggedOut = !record || record.state === 'signed_out'
      if (!isLoggedOut && credentialKey(record) === entry.item) continue
      const { credential, item } = entry
      if (isLoggedOut && credential && driver.endCredential) {
        ledger.endCredential(entry, item, credential)
      } else {
        ledger.credentials.remove(entry).catch(() => undefined)
      }
    }
  }

  /** The newest valid session token of each account that keeps a session and has not released it. */
  #adoptable(): ReadonlyMap<string, HeldToken> {
    const { ledger, accounts } = this.#ports
    const newest = new Map<string, HeldToken>()
    for (const held of ledger.all().filter(isToken)) {
      const account = accounts().byUid(held.accountUid)
      if (account?.record.state !== 'signed_in') continue
      if (!keepsSession(account.record.leaseKind, account.driver)) continue
      if (held.kind !== 'session' || held.lifetime.remainingMs <= 0) continue
      if (ledger.isReleased(held)) continue
      const other = newest.get(held.accountUid)
      if (!other || other.addedAt <= held.addedAt) newest.set(held.accountUid, held)
    }
    return newest
  }
}

async function getOrMake(vault: Vault, key: string): Promise<Secret> {
  const stored = await vault.get(key)
  if (stored) return stored
  const made = new Secret(randomText(256))
  await vault.set(key, made)
  return made
}
