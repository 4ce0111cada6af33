import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { type AccountId, isName, randomText, toAccountId } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import { checkForm } from '../providers/form.ts'
import type { FormValues, LeaseKind, Login, Provider } from '../providers/provider.ts'
import type { Vault } from '../vault/vault.ts'
import {
  type Account,
  type Accounts,
  deleteCredential,
  keepsSession,
  storeCredential,
} from './accounts.ts'
import type { Calls } from './calls.ts'
import type { Endings } from './endings.ts'
import type { EndedLease, LeaseEnding } from './lease-ending.ts'
import type { HeldToken, Ledger } from './ledger.ts'
import type { Lock } from './lock.ts'
import type { Opening } from './opening.ts'
import { recordOrEnd } from './recording.ts'

export interface NewAccount {
  readonly provider: Provider
  /** Left out: made from who it is. */
  readonly name?: string
  readonly values: FormValues
  readonly secrets: Secrets
  readonly oneTimeCode?: Secret
}

/** A login that the service has accepted and that is not kept yet. */
interface Fresh {
  readonly uid: string
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
  readonly login: Login
  /** False once a log-out, a reset or a stop has made this login void. */
  readonly isWanted: () => boolean
}

interface SigningPorts {
  readonly accounts: Accounts
  readonly vault: Vault
  readonly ledger: Ledger
  readonly endings: Endings
  readonly leaseEnding: LeaseEnding
  readonly calls: Calls
  readonly audit: Audit
  readonly lock: Lock
  readonly opening: Opening
  readonly clock: Clock
  readonly log: Log
  readonly leaseSeconds: () => number
  /** Aborted when a stop begins. */
  readonly stopping: AbortSignal
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}

/** Logging in and out, by a person. */
export class Signing {
  readonly #ports: SigningPorts
  readonly #underWay = new Set<Promise<unknown>>()
  #resets = 0

  constructor(ports: SigningPorts) {
    this.#ports = ports
  }

  /** Logs in and keeps the account; a login that fails leaves nothing behind. */
  add(wanted: NewAccount): Promise<Account> {
    return this.#track(this.#add(wanted))
  }

  /** Logs a known account in again, with new secrets and the stored address and names. */
  loginAgain(account: Account, secrets: Secrets, oneTimeCode?: Secret): Promise<Account> {
    return this.#track(this.#loginAgain(account, secrets, oneTimeCode))
  }

  /** Resolves when no login is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  /**
   * Ends the account's leases and session token and forgets the credential; the account stays
   * listed. No step waits for another to succeed: what failed is thrown at the end, and doing it
   * again finishes it.
   */
  async logout(account: Account): Promise<EndedLease[]> {
    const { accounts, vault, endings, leaseEnding, audit } = this.#ports
    const { uid, id, session } = account
    const sessionToken = session.close()
    const ends = leaseEnding.endOnDemand({ accountUid: uid })
    const steps = await Promise.allSettled([
      this.#markSignedOut(accounts, uid),
      deleteCredential(vault, uid),
      sessionToken && endings.end(sessionToken),
      audit.record({ event: 'logout', account: id }),
    ])
    const ended = await ends
    for (const step of steps) if (step.status === 'rejected') throw step.reason
    return ended
  }

  /** Logs out and forgets the account and the grants on it. */
  async remove(account: Account): Promise<EndedLease[]> {
    const ended = await this.logout(account)
    this.#ports.accounts.remove(account.uid)
    return ended
  }

  /** Removes every account; a login under way is void. */
  async removeAll(): Promise<void> {
    this.#resets += 1
    const removals = this.#ports.accounts.all().map((account) => this.remove(account))
    for (const step of await Promise.allSettled(removals)) {
      if (step.status === 'rejected') throw step.reason
    }
  }

  rename(account: Account, name: string): Account {
    const { accounts } = this.#ports
    if (name !== account.record.name) {
      this.#requireFree(account.provider, name)
      accounts.change(account.uid, { name })
    }
    return accounts.get(toAccountId(account.provider.id, name))
  }

  async #add(wanted: NewAccount): Promise<Account> {
    const { accounts, clock, leaseSeconds, stopping } = this.#ports
    const { provider } = wanted
    await this.#ready()
    if (wanted.name !== undefined) this.#requireFree(provider, wanted.name)
    const form = checkForm(provider, wanted.values, wanted.secrets)
    const uid = randomText(120)
    const resets = this.#resets
    const isWanted = () => resets === this.#resets && !stopping.aborted
    const login = await this.#login(provider, form, wanted.oneTimeCode)
    const name = wanted.name ?? this.#freeName(provider, login.label)
    const id = toAccountId(provider.id, name)
    return await this.#keep({ uid, id, provider, values: form.values, login, isWanted }, () =>
      accounts.insert({
        uid,
        provider: provider.id,
        name,
        label: login.label,
        values: form.values,
        leaseKind: provider.leaseKinds[0],
        leaseSeconds: leaseSeconds(),
        state: 'signed_in',
        needsCode: login.usedCode,
        createdAt: clock.now(),
      }),
    )
  }

  async #loginAgain(
    account: Account,
    secrets: Secrets,
    oneTimeCode: Secret | undefined,
  ): Promise<Account> {
    const { accounts, stopping } = this.#ports
    const { uid, id, provider, record, session } = account
    await this.#ready()
    session.throttle.check('person')
    const form = checkForm(provider, record.values, secrets)
    const { logouts } = session
    const isWanted = () => session.logouts === logouts && !stopping.aborted
    const login = await session.throttle.watch(() => this.#login(provider, form, oneTimeCode))
    return await this.#keep({ uid, id, provider, values: form.values, login, isWanted }, () => {
      accounts.change(uid, {
        label: login.label,
        state: 'signed_in',
        needsCode: login.usedCode,
        ...(login.usedCode && this.#shareInstead(accounts.getByUid(uid))),
      })
      return accounts.getByUid(uid)
    })
  }

  /** An account that needs a code for every login cannot mint by logging in. */
  #shareInstead({ provider }: Account): { readonly leaseKind?: LeaseKind } {
    const canShare = provider.mintsFrom === 'credential' && provider.leaseKinds.includes('shared')
    return canShare ? { leaseKind: 'shared' } : {}
  }

  async #track<Value>(login: Promise<Value>): Promise<Value> {
    this.#underWay.add(login)
    try {
      return await login
    } finally {
      this.#underWay.delete(login)
    }
  }

  async #markSignedOut(accounts: Accounts, uid: string): Promise<void> {
    accounts.change(uid, { state: 'signed_out', needsCode: false })
  }

  async #ready(): Promise<void> {
    const { lock, opening, stopping } = this.#ports
    await lock.passed()
    await opening.opened()
    if (stopping.aborted) {
      throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
    }
  }

  #login(
    provider: Provider,
    form: { readonly values: FormValues; readonly secrets: Secrets },
    oneTimeCode: Secret | undefined,
  ): Promise<Login> {
    const { calls, stopped } = this.#ports
    return provider.login(
      { ...form, ...(oneTimeCode !== undefined && { oneTimeCode }) },
      calls.context('login', stopped),
    )
  }

  /** Ledger, vault, record, settings, in this order; what fails half-way ends the new token. */
  async #keep(fresh: Fresh, save: () => Account): Promise<Account> {
    const { uid, id, provider, values, login, isWanted } = fresh
    const { ledger, vault, endings, audit } = this.#ports
    const owner = { accountUid: uid, provider: provider.id, values, kind: 'session' } as const
    const held = await recordOrEnd(ledger, endings, owner, login.token)
    try {
      requireWanted(isWanted, id)
      await storeCredential(vault, uid, login.credential)
      requireWanted(isWanted, id)
      await audit.record({ event: 'login', account: id })
      requireWanted(isWanted, id)
      const account = save()
      this.#take(account, held, login.credential)
      return account
    } catch (error) {
      await Promise.all([endings.end(held), this.#forgetUnlessSignedIn(uid)])
      throw error
    }
  }

  #take({ session, record, provider }: Account, held: HeldToken, credential: Secrets): void {
    const keeps = keepsSession(record.leaseKind, provider)
    session.renewByPerson(credential, keeps ? held : null)
    if (!keeps) void this.#ports.endings.end(held, 'program')
  }

  async #forgetUnlessSignedIn(uid: string): Promise<void> {
    const { accounts, vault, log } = this.#ports
    if (accounts.byUid(uid)?.record.state === 'signed_in') return
    await deleteCredential(vault, uid).catch((error: unknown) => {
      log.warn('a credential of a login that failed may be left in the keychain', { error })
    })
  }

  #requireFree(provider: Provider, name: string): void {
    const id = toAccountId(provider.id, name)
    if (this.#ports.accounts.find(id)) {
      throw new TokentrayError('already_exists', `There is already ${id}.`, { account: id })
    }
  }

  /** A name from the label's first word; with a number behind it where it is taken. */
  #freeName(provider: Provider, label: string): string {
    const word = label.split(' ')[0]?.split('@')[0]?.toLowerCase() ?? ''
    const base = word.replace(/[^a-z0-9._-]+/g, '-').slice(0, 60) || 'account'
    let name = isName(base) ? base : 'account'
    for (let number = 2; this.#ports.accounts.find(`${provider.id}/${name}`); number += 1) {
      name = `${base}-${number}`
    }
    return name
  }
}

function requireWanted(isWanted: () => boolean, id: AccountId): void {
  if (isWanted()) return
  throw new TokentrayError('cancelled', `${id} was logged out meanwhile.`, { account: id })
}
