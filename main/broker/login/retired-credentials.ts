import type { Clock } from '../../base/clock.ts'
import { isTokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Secrets } from '../../base/secret.ts'
import type { AccountRecord, Settings } from '../../settings/schema.ts'
import type { ListedVault } from '../../vault/listed-vault.ts'
import type { Vault } from '../../vault/vault.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import { credentialKey, listedItems, sweepItems } from '../account/keychain-items.ts'
import { Backoff } from '../concurrency/backoff.ts'
import type { EndingCredential, Ledger } from '../ledger/ledger.ts'
import type { Revoker } from '../revocation/revoker.ts'

interface RetiredCredentialsPorts {
  readonly accounts: Accounts
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly vault: Pick<Vault, 'delete'>
  readonly settings: { read(): Settings }
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/**
 * The credentials of logged-out accounts, on their way from the keychain to the ledger, from which the
 * `Revoker` ends them at their service. A keychain item is deleted only when the ledger has what is in it:
 * until then the item of a logged-out account is itself the record that there is something to end. It is
 * found at the next start, and `retry` completes what a crash, the keychain or the disk has cut off.
 */
export class RetiredCredentials {
  readonly #ports: RetiredCredentialsPorts
  /** Logged-out accounts whose item may have a credential that is not in the ledger. */
  readonly #left = new Set<string>()
  readonly #backoff: Backoff
  /** Before that the ledger may have newer ones. */
  #isOpen = false
  #isRetrying = false

  constructor(ports: RetiredCredentialsPorts) {
    this.#ports = ports
    this.#backoff = new Backoff(ports.clock, ports.random)
  }

  /** True while there is something for `retry`. */
  get hasLeft(): boolean {
    return this.#left.size > 0
  }

  /** Once the ledger is open: finds what earlier runs left to end, and deletes the other unused items. */
  sweep(vault: ListedVault, ledgerKeys: readonly string[]): void {
    const { accounts, settings } = this.#ports
    const stored = settings.read()
    this.#recover(stored)
    this.#isOpen = true
    // What only another version can end is left to that version.
    const isNeeded = ({ uid }: AccountRecord) => this.#left.has(uid) || !accounts.byUid(uid)
    void sweepItems(vault, stored, ledgerKeys, isNeeded)
  }

  #recover(stored: Settings): void {
    const listed = new Set(listedItems(stored))
    this.#left.clear()
    for (const { uid, record, driver } of this.#ports.accounts.all()) {
      if (record.state !== 'signed_out' || !driver.endCredential) continue
      const item = credentialKey(record)
      // What the ledger has is newer: a renewal has changed it, or a log-out has listed it.
      if (listed.has(item) && !this.#find(uid, item)) this.#left.add(uid)
    }
  }

  /**
   * Lists the credential of an account that is being logged out as one to end; `null` if its service cannot
   * end it, or there is none. Waits for a renewal under way, which may change it. Rejects if the keychain
   * cannot be read. `deleteItem` must follow.
   */
  async list(account: Account, item: string): Promise<EndingCredential | null> {
    const { uid, id, provider, values, driver } = account
    if (!driver.renew && !driver.endCredential) return null
    const { ledger, accounts } = this.#ports
    const known = this.#find(uid, item)
    if (known) return known
    const credential = await this.#read(account)
    const now = accounts.byUid(uid)?.record
    // Otherwise it is that of a login meanwhile.
    const isOfItem = now === undefined || credentialKey(now) === item
    if (!driver.endCredential || !credential || !isOfItem) {
      await ledger.credentials.discard(item)
      return null
    }
    const owner = { accountUid: uid, account: id, provider: provider.id, values }
    return this.#find(uid, item) ?? ledger.endCredential(owner, item, credential)
  }

  /** Deletes the item once the ledger has on disk what was in it; rejects if either fails. */
  async deleteItem(uid: string, item: string, entry: EndingCredential | null): Promise<void> {
    const { ledger, vault } = this.#ports
    if (entry) {
      this.#left.add(uid)
      await ledger.write(entry)
    }
    this.#left.delete(uid)
    await vault.delete(item)
  }

  /** Completes what was cut off; what fails again is left to the next call. Never rejects. */
  async retry(): Promise<void> {
    const { clock, log } = this.#ports
    if (!this.#isOpen || this.#isRetrying || this.#left.size === 0) return
    if ((this.#backoff.retryAt ?? 0) > clock.now()) return
    this.#isRetrying = true
    try {
      // One at a time, so that another caller of the keychain need not wait for all of them.
      for (const uid of this.#left) await this.#end(uid)
      this.#backoff.succeeded()
    } catch (error) {
      this.#backoff.failed()
      this.#backoff.pause()
      log.warn('a credential that has to be ended is not in the ledger yet', { error })
    } finally {
      this.#isRetrying = false
    }
  }

  async #end(uid: string): Promise<void> {
    const { accounts, revoker } = this.#ports
    const account = accounts.byUid(uid)
    if (account?.record.state !== 'signed_out') {
      this.#left.delete(uid)
      return
    }
    const item = credentialKey(account.record)
    const entry = await this.list(account, item)
    try {
      await this.deleteItem(uid, item, entry)
    } finally {
      // Not before the ledger has it: a failing disk would have it ended again with each attempt. The vault
      // repeats a deletion by itself.
      if (entry && !this.#left.has(uid)) void revoker.revoke(entry, 'background')
    }
  }

  async #read({ uid, driver, session }: Account): Promise<Secrets | null> {
    try {
      return await session.storedCredential()
    } catch (error) {
      // That of a newer version can be ended by that version only, and the user wants it gone.
      const isUnknown = isTokentrayError(error) && error.code === 'newer_version'
      if (isUnknown || !driver.endCredential) return null
      this.#left.add(uid)
      throw error
    }
  }

  #find(uid: string, item: string): EndingCredential | undefined {
    return this.#ports.ledger
      .ofAccount(uid)
      .find(
        (entry): entry is EndingCredential => entry.kind === 'credential' && entry.item === item,
      )
  }
}
