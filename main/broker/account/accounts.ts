import { z } from 'zod'
import { Queue } from '../../base/async/queue.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { type AccountId, toAccountId } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import { newerVersionError } from '../../base/version.ts'
import type { Driver, FormValues, Provider } from '../../providers/provider.ts'
import type { AccountRecord, Settings } from '../../settings/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import type { LedgerItem } from '../ledger/ledger.ts'
import type { Notify } from '../ports.ts'
import { type Actor, program } from '../record/actor.ts'
import type { RecordedSettings } from '../record/recorded-settings.ts'
import { hostLabel } from '../service/host-of.ts'
import { keepsSession } from '../service/keeps-session.ts'
import { type LoginReason, lacksCredential } from '../session/login-reason.ts'
import { Session } from '../session/session.ts'
import type { SessionPorts } from '../session/session-ports.ts'
import { afterRename, afterTaking } from './former-names.ts'
import { credentialKey } from './keychain-items.ts'

/** One identity at one provider, with its session; a snapshot of the moment it was looked up. */
export interface Account {
  readonly uid: string
  readonly id: AccountId
  readonly record: AccountRecord
  readonly provider: Provider
  /** What drivers are called with: the values of the form, and what the login has learned. */
  readonly values: FormValues
  readonly driver: Driver
  readonly session: Session
  /** Runs the mints of this account one at a time. */
  readonly mintQueue: Queue
}

type Live = Pick<Account, 'session' | 'mintQueue'>

interface AccountsPorts
  extends Omit<
    SessionPorts,
    'account' | 'credentialItem' | 'readCredential' | 'storeCredential' | 'onLoginRequired'
  > {
  readonly settings: RecordedSettings
  readonly vault: Vault
  readonly notify: Notify
  readonly log: Log
}

/** All accounts. Their records are in the settings, their sessions here. */
export class Accounts {
  readonly #ports: AccountsPorts
  readonly #live = new Map<string, Live>()
  /** Changes that have happened but could not be stored; they apply to this run. */
  readonly #unstored = new Map<string, Partial<AccountRecord>>()
  /** The ids of the accounts that were removed in this run. */
  readonly #removed = new Map<string, string>()
  #seen: readonly AccountRecord[] | null = null
  #byId = new Map<string, Account>()
  #byUid = new Map<string, Account>()

  constructor(ports: AccountsPorts) {
    this.#ports = ports
  }

  all(): Account[] {
    this.#refresh()
    return [...this.#byUid.values()]
  }

  find(id: string): Account | undefined {
    this.#refresh()
    return this.#byId.get(id)
  }

  /** The account with that id; throws `not_found`. */
  get(id: string): Account {
    const account = this.find(id)
    if (!account) throw new TokentrayError('not_found', 'There is no such account.')
    return account
  }

  byUid(uid: string): Account | undefined {
    this.#refresh()
    return this.#byUid.get(uid)
  }

  /** The id of a token's account, or its last id; without an account, the host of the token. */
  nameOf(item: LedgerItem): string {
    return this.findName(item) ?? hostLabel(item)
  }

  /** The same; `undefined` if there is no account. */
  findName({ accountUid, account }: LedgerItem): string | undefined {
    return this.byUid(accountUid)?.id ?? this.#removed.get(accountUid) ?? account
  }

  /** The account as it is now; throws `not_found` once it is removed. */
  getByUid(uid: string): Account {
    const account = this.byUid(uid)
    if (!account) {
      throw new TokentrayError('not_found', 'The account was removed meanwhile.', {
        recordedCause: 'account_removed',
      })
    }
    return account
  }

  /** Stores a new record; throws `already_exists` if the name is taken. */
  insert(record: AccountRecord, by: Actor = program): Account {
    const id = this.requireFree(record.provider, record.name)
    this.#ports.settings.update(
      (settings) => ({
        ...settings,
        accounts: [...settings.accounts, record],
        grants: [...afterTaking(settings.grants, id)],
      }),
      by,
    )
    return this.get(id)
  }

  /** The id for a new account; throws `already_exists` if an account has it. */
  requireFree(provider: string, name: string): AccountId {
    const id = toAccountId(provider, name)
    if (!this.find(id)) return id
    throw new TokentrayError('already_exists', `${id} already exists.`, {
      account: id,
      field: 'name',
    })
  }

  /** Stores the change, with earlier ones that could not be stored; if that fails, nothing has changed. */
  change(uid: string, change: Partial<AccountRecord>, by: Actor = program): void {
    const whole = { ...this.#unstored.get(uid), ...change }
    const before = this.byUid(uid)
    const name = change.name ?? before?.record.name
    this.#ports.settings.update((settings) => {
      const changed = changeOf(uid, whole)(settings)
      if (!before || name === undefined || name === before.record.name) return changed
      const id = toAccountId(before.record.provider, name)
      return { ...changed, grants: [...afterRename(settings.grants, uid, before.id, id)] }
    }, by)
    this.#unstored.delete(uid)
  }

  /** Stores what has already happened: it applies to this run even if that fails, which is thrown. */
  note(uid: string, change: Partial<AccountRecord>, by: Actor = program): void {
    try {
      this.change(uid, change, by)
    } catch (error) {
      this.#ports.settings.recordUnstored(changeOf(uid, change), by)
      this.#unstored.set(uid, { ...this.#unstored.get(uid), ...change })
      this.#seen = null
      throw error
    }
  }

  /**
   * Reactivates those of these accounts whose missing credential is in the keychain again: a desktop session
   * may have another key ring than the one before and after. Never rejects.
   */
  async recoverCredentials(these: readonly Account[] = this.all()): Promise<void> {
    const { settings, vault, log } = this.#ports
    try {
      for (const { uid, id, record, session } of these) {
        if (!lacksCredential(record) || !(await readCredential(vault, record))) continue
        if (this.byUid(uid)?.record !== record) continue
        const about = { account: id, accountUid: uid }
        settings.note({ event: 'login', ...about, reason: CREDENTIAL_FOUND }, program)
        this.change(uid, { state: 'signed_in', loginRequiredBecause: undefined })
        session.credentialFound()
      }
    } catch (error) {
      log.warn('missing credentials could not be looked up', { error })
    }
  }

  /** Stores credentials that the keychain does not have yet; returns when to look again, epoch milliseconds. */
  retryCredentials(): number {
    return Math.min(...this.all().map(({ session }) => session.rotation.retry()))
  }

  /** What the user has to know of credentials that the keychain does not have yet. */
  get credentialNotices(): readonly string[] {
    return this.all().flatMap(({ session }) => session.rotation.notice ?? [])
  }

  /** Deletes the record and its grants; the account's tokens keep its name. */
  remove(uid: string, by: Actor = program): void {
    const id = this.byUid(uid)?.id
    this.#ports.settings.update(
      (settings) => ({
        ...settings,
        accounts: settings.accounts.filter((record) => record.uid !== uid),
        grants: settings.grants.filter((grant) => grant.account !== uid),
      }),
      by,
    )
    this.#live.delete(uid)
    this.#unstored.delete(uid)
    if (id === undefined) return
    this.#removed.set(uid, id)
    this.#ports.ledger.setAccountName(uid, id)
  }

  /** Rebuilds the tables when the settings have new records, which are compared by identity. */
  #refresh(): void {
    const { accounts } = this.#ports.settings.read()
    if (accounts === this.#seen) return
    this.#seen = accounts
    const known = this.#byUid
    this.#byId = new Map()
    this.#byUid = new Map()
    for (const stored of accounts) {
      const unstored = this.#unstored.get(stored.uid)
      const record = unstored ? { ...stored, ...unstored } : stored
      const other = known.get(record.uid)
      const account = other?.record === record ? other : this.#make(record)
      if (!account) continue
      this.#byId.set(account.id, account)
      this.#byUid.set(record.uid, account)
    }
  }

  /** `null` for a provider of a later version: the record stays in the settings and is not shown. */
  #make(record: AccountRecord): Account | null {
    const provider = this.#ports.calls.provider(record.provider)
    if (!provider) return null
    const id = toAccountId(provider.id, record.name)
    const live = this.#live.get(record.uid) ?? this.#createLive(record.uid)
    const values = { ...record.values, ...record.learned }
    const driver = provider.driver(values)
    return { uid: record.uid, id, record, provider, values, driver, ...live }
  }

  #createLive(uid: string): Live {
    const session = new Session({
      ...this.#ports,
      account: () => {
        const { id, record, provider, values, driver } = this.getByUid(uid)
        // A renewal takes no code.
        const needsCodeNow = record.needsCode && !driver.renew
        const needsUser = needsCodeNow || record.state !== 'signed_in'
        const keeps = keepsSession(record.leaseKind, driver)
        const isSignedOut = record.state === 'signed_out'
        const { needsCode, loginRequiredBecause = null } = record
        return {
          ...{ uid, id, provider, driver, values, isSignedOut, needsUser, keepsSession: keeps },
          ...{ needsCode, loginRequiredBecause },
        }
      },
      credentialItem: () => {
        const record = this.byUid(uid)?.record
        return record ? credentialKey(record) : null
      },
      readCredential: () => readCredential(this.#ports.vault, this.getByUid(uid).record),
      storeCredential: (item, credential) => storeCredential(this.#ports.vault, item, credential),
      onLoginRequired: (reason, cause) => this.#requireLogin(this.getByUid(uid), reason, cause),
    })
    const live = { session, mintQueue: new Queue(1) }
    this.#live.set(uid, live)
    return live
  }

  #requireLogin(
    { uid, id, record, session }: Account,
    reason: LoginReason | null,
    cause: unknown,
  ): void {
    const { notify, log } = this.#ports
    if (record.state !== 'signed_in') return
    // The same login was accepted with a code before.
    const wantsCode =
      isTokentrayError(cause) && cause.code === 'otp_required' && session.usedOneTimeCode
    try {
      this.note(uid, {
        needsCode: record.needsCode || wantsCode,
        state: 'login_required',
        loginRequiredBecause: reason ?? undefined,
      })
    } catch (error) {
      // It applies to this run; only the next start would try to log in once more.
      log.warn('the state "login required" of an account could not be stored', { error })
    }
    notify.loginRequired(id, reason)
  }
}

const CREDENTIAL_FOUND = 'Its password or key is in the keychain again.'

const changeOf = (uid: string, change: Partial<AccountRecord>) => (settings: Settings) => ({
  ...settings,
  accounts: settings.accounts.map((record) =>
    record.uid === uid ? { ...record, ...change } : record,
  ),
})

const storedCredential = z.record(z.string(), z.string())

/**
 * The stored credential of an account; `null` if there is none. Rejects with `newer_version` for one of a
 * newer Tokentray, which is kept until the user logs in or out.
 */
export async function readCredential(vault: Vault, record: AccountRecord): Promise<Secrets | null> {
  const stored = await vault.get(credentialKey(record))
  const content = stored && parseJson(stored)
  const parsed = storedCredential.safeParse(content)
  if (!parsed.success && isObject(content)) {
    throw newerVersionError(`The credential of ${record.provider}/${record.name} in the keychain`)
  }
  if (!parsed.success) return null
  const fields = Object.entries(parsed.data)
  return Object.fromEntries(fields.map(([name, value]) => [name, new Secret(value)]))
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseJson(text: Secret): unknown {
  try {
    return JSON.parse(text.reveal())
  } catch {
    // Security: the error is dropped, because it quotes the text that it could not parse.
    return null
  }
}

/** Stores a credential in the vault. */
export function storeCredential(vault: Vault, key: string, credential: Secrets): Promise<void> {
  const fields = Object.entries(credential).map(([name, secret]) => [name, secret.reveal()])
  return vault.set(key, new Secret(JSON.stringify(Object.fromEntries(fields))))
}
