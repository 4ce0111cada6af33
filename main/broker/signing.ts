import { isDeepStrictEqual } from 'node:util'
import { TokentrayError } from '../base/errors.ts'
import { type AccountId, randomText, toAccountId } from '../base/ids.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import { changeValues, checkForm, checkValues } from '../providers/form.ts'
import type { FormValues, Login, Provider } from '../providers/provider.ts'
import { checkTransport } from '../providers/transport-fields.ts'
import { freeName } from './account-name.ts'
import {
  type Account,
  type Accounts,
  deleteCredential,
  keepsSession,
  storeCredential,
} from './accounts.ts'
import { halfDone } from './half-done.ts'
import type { EndedLease } from './lease-ending.ts'
import type { HeldToken } from './ledger.ts'
import {
  driverOf,
  type NewAccount,
  type NewLogin,
  nextLeaseKind,
  secretsOf,
  valuesOf,
} from './new-login.ts'
import { recordOrEnd } from './recording.ts'
import type { SigningPorts } from './signing-ports.ts'

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

/** Logging in and out, by a person. */
export class Signing {
  readonly #ports: SigningPorts
  readonly #underWay = new Set<Promise<unknown>>()
  /** Accounts on their way out: nobody logs in to them any more. */
  readonly #leaving = new Set<string>()
  #resets = 0

  constructor(ports: SigningPorts) {
    this.#ports = ports
  }

  /** Logs in and keeps the account; a login that fails leaves nothing behind. */
  add(wanted: NewAccount): Promise<Account> {
    return this.#track(this.#add(wanted))
  }

  /** Logs a known account in again, with new secrets; what is not named anew stays as it is stored. */
  loginAgain(account: Account, login: NewLogin): Promise<Account> {
    return this.#track(this.#loginAgain(account, login))
  }

  /** Rejects with what a login with this form would be refused for before a secret is needed. */
  async check(wanted: Omit<NewAccount, 'secrets' | 'oneTimeCode'>): Promise<void> {
    await this.#ready()
    if (wanted.name !== undefined) this.#requireFree(wanted.provider, wanted.name)
    if (wanted.like) await secretsOf({ ...wanted, secrets: {} }, this.#ports.vault)
    await checkTransport(checkValues(wanted.provider, valuesOf(wanted)))
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
    const needing = endings.needingSession(uid)
    // These are ended with what the next steps take away.
    if (needing.length > 0) await Promise.all([ends, endings.endAll(needing, 'person')])
    const steps = await Promise.allSettled([
      this.#markSignedOut(accounts, uid),
      deleteCredential(vault, uid),
      sessionToken && endings.end(sessionToken),
      audit.record({ event: 'logout', account: id }),
    ])
    const ended = await ends
    for (const step of steps) if (step.status === 'rejected') throw halfDone(id, step.reason)
    return ended
  }

  /** Logs out and forgets the account and the grants on it. */
  async remove(account: Account): Promise<EndedLease[]> {
    const { uid } = account
    this.#leaving.add(uid)
    try {
      const ended = await this.logout(account)
      this.#ports.accounts.remove(uid)
      return ended
    } finally {
      this.#leaving.delete(uid)
    }
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
    const { accounts, vault, clock, leaseSeconds, stopping } = this.#ports
    const { provider } = wanted
    await this.#ready()
    if (wanted.name !== undefined) this.#requireFree(provider, wanted.name)
    const form = checkForm(provider, valuesOf(wanted), await secretsOf(wanted, vault))
    const uid = randomText(120)
    const resets = this.#resets
    const isWanted = () => resets === this.#resets && !stopping.aborted
    const login = await this.#login(provider, form, wanted.oneTimeCode)
    const name =
      wanted.name ?? freeName(provider.id, login.label, (id) => accounts.find(id) !== undefined)
    const id = toAccountId(provider.id, name)
    return await this.#keep({ uid, id, provider, values: form.values, login, isWanted }, () =>
      accounts.insert({
        uid,
        provider: provider.id,
        name,
        label: login.label,
        values: form.values,
        ...(login.learned && { learned: login.learned }),
        leaseKind: driverOf(provider, form.values, login).leaseKinds[0],
        leaseSeconds: leaseSeconds(),
        state: 'signed_in',
        needsCode: login.usedCode,
        createdAt: clock.now(),
      }),
    )
  }

  async #loginAgain(
    account: Account,
    { secrets, values, oneTimeCode }: NewLogin,
  ): Promise<Account> {
    const { accounts, stopping } = this.#ports
    const { uid, id, provider, record, session } = account
    await this.#ready()
    this.#requireStaying(account)
    session.throttle.check('person')
    const form = checkForm(provider, changeValues(provider, record.values, values ?? {}), secrets)
    const { logouts } = session
    const isWanted = () => session.logouts === logouts && !stopping.aborted
    const login = await session.throttle.watch(() => this.#login(provider, form, oneTimeCode))
    return await this.#keep({ uid, id, provider, values: form.values, login, isWanted }, () => {
      // At another address no token that is out may be taken for one of this account any more.
      if (!isDeepStrictEqual(form.values, record.values)) session.proofs.doubtAll()
      accounts.change(uid, {
        label: login.label,
        values: form.values,
        learned: login.learned,
        leaseKind: nextLeaseKind(
          accounts.getByUid(uid),
          driverOf(provider, form.values, login),
          login.usedCode,
        ),
        state: 'signed_in',
        needsCode: login.usedCode,
      })
      return accounts.getByUid(uid)
    })
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
    const held = login.token ? await recordOrEnd(ledger, endings, owner, login.token) : null
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
      await Promise.all([held && endings.end(held), this.#forgetUnlessSignedIn(uid)])
      throw error
    }
  }

  #take({ session, record, driver }: Account, held: HeldToken | null, credential: Secrets): void {
    const keeps = keepsSession(record.leaseKind, driver)
    session.renewByPerson(credential, keeps ? held : null)
    if (held && !keeps) void this.#ports.endings.end(held, 'program')
  }

  async #forgetUnlessSignedIn(uid: string): Promise<void> {
    const { accounts, vault, log } = this.#ports
    if (accounts.byUid(uid)?.record.state === 'signed_in') return
    await deleteCredential(vault, uid).catch((error: unknown) => {
      log.warn('a credential of a login that failed may be left in the keychain', { error })
    })
  }

  #requireStaying({ uid, id }: Account): void {
    if (!this.#leaving.has(uid)) return
    throw new TokentrayError('not_found', `${id} is being removed.`, { account: id })
  }

  #requireFree(provider: Provider, name: string): void {
    const id = toAccountId(provider.id, name)
    if (this.#ports.accounts.find(id)) {
      throw new TokentrayError('already_exists', `There is already ${id}.`, { account: id })
    }
  }
}

function requireWanted(isWanted: () => boolean, id: AccountId): void {
  if (isWanted()) return
  throw new TokentrayError('cancelled', `${id} was logged out meanwhile.`, { account: id })
}
