import type { Clock } from '../../base/clock.ts'
import { randomText } from '../../base/ids.ts'
import type { Secrets } from '../../base/secret.ts'
import type { FormValues } from '../../providers/provider.ts'
import type { LedgerLine, LedgerStore } from '../../vault/ledger/ledger-store.ts'
import { type CredentialEntry, toStored } from './ledger-entry.ts'

/** The account that a credential is for. */
export interface CredentialOwner {
  readonly accountUid: string
  readonly provider: string
  readonly values: FormValues
  readonly account?: string | undefined
}

/**
 * The credentials that renewals change, in the ledger from before the request until the keychain has
 * the new one. They are in use: nothing here is to be revoked.
 */
export class SavedCredentials {
  readonly #store: LedgerStore
  readonly #clock: Clock
  readonly #byId = new Map<string, CredentialEntry>()
  readonly #unwritten = new Set<string>()
  /** Removed ones whose line is still on disk, with their accounts. */
  readonly #removed = new Map<string, string>()

  constructor(store: LedgerStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  all(): readonly CredentialEntry[] {
    return [...this.#byId.values()]
  }

  /** The one that belongs in this keychain item. */
  find(item: string): CredentialEntry | undefined {
    return this.all().findLast((entry) => entry.item === item)
  }

  /** False once it was removed, or has become something to revoke. */
  has({ id }: CredentialEntry): boolean {
    return this.#byId.has(id)
  }

  /** False while it has a change that is in memory only. */
  isWritten({ id }: CredentialEntry): boolean {
    return !this.#unwritten.has(id)
  }

  /** Takes one that the ledger already has on disk. */
  load(entry: CredentialEntry): void {
    this.#byId.set(entry.id, entry)
  }

  /** A new line, in memory; `write` must follow. */
  add(owner: CredentialOwner, item: string): CredentialEntry {
    const about = { ...owner, item, kind: 'credential' } as const
    return this.#set({ ...about, id: randomText(96), addedAt: this.#clock.now() })
  }

  /** Changes a line in memory; `write` must follow. */
  change(
    entry: CredentialEntry,
    { credential = entry.credential, isRenewing }: CredentialChange,
  ): CredentialEntry {
    const { isRenewing: _, ...rest } = entry
    return this.#set({
      ...rest,
      ...(credential && { credential }),
      ...(isRenewing && { isRenewing }),
    })
  }

  /** Resolves when it is on disk as it is now; rejects with `record_unavailable`. */
  async write({ accountUid }: Pick<CredentialEntry, 'accountUid'>): Promise<void> {
    const { lines, written } = this.unwrittenOf(accountUid)
    if (lines.length === 0) return
    await this.#store.append(lines)
    written()
  }

  /** What is not on disk yet of an account, to be written together with a token. */
  unwrittenOf(accountUid: string): UnwrittenLines {
    const removed = [...this.#removed].filter(([, uid]) => uid === accountUid).map(([id]) => id)
    const changed = this.all().filter(
      (entry) => entry.accountUid === accountUid && this.#unwritten.has(entry.id),
    )
    const lines = [
      ...removed.map((id) => ({ op: 'end', id }) as const),
      ...changed.map((entry) => ({ op: 'add', entry: toStored(entry) }) as const),
    ]
    const written = () => {
      for (const id of removed) this.#removed.delete(id)
      for (const entry of changed) {
        // What has changed during the write is still to be written.
        if (this.#byId.get(entry.id) === entry) this.#unwritten.delete(entry.id)
      }
    }
    return { lines, written }
  }

  /** Removes it from memory; its line on disk stays until `remove`, or until it is replaced. */
  forget({ id }: CredentialEntry): void {
    this.#byId.delete(id)
    this.#unwritten.delete(id)
  }

  /**
   * Rejects with `record_unavailable`. Its line is then removed before the next renewal of the account:
   * a start must not take it for the newest credential.
   */
  async remove(entry: CredentialEntry): Promise<void> {
    if (!this.has(entry)) return
    this.forget(entry)
    this.#removed.set(entry.id, entry.accountUid)
    await this.#store.append([{ op: 'end', id: entry.id }])
    this.#removed.delete(entry.id)
  }

  /** Removes what is kept for this keychain item. Never rejects: a line that stays is removed as above. */
  async discard(item: string): Promise<void> {
    const saved = this.find(item)
    if (saved) await this.remove(saved).catch(() => undefined)
  }

  #set(entry: CredentialEntry): CredentialEntry {
    this.#byId.set(entry.id, entry)
    this.#unwritten.add(entry.id)
    return entry
  }
}

interface UnwrittenLines {
  readonly lines: readonly LedgerLine[]
  /** To be called once they are on disk. */
  readonly written: () => void
}

interface CredentialChange {
  readonly credential?: Secrets
  readonly isRenewing?: true
}
