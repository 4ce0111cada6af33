import { isDeepStrictEqual } from 'node:util'
import { Epoch } from '../../base/async/epoch.ts'
import { isTokentrayError, TokentrayError, toTokentrayError } from '../../base/errors.ts'
import { randomText, toAccountId } from '../../base/ids.ts'
import type { Secrets } from '../../base/secret.ts'
import {
  changeValues,
  checkForm,
  checkValues,
  type Extent,
  requireNoSecret,
} from '../../providers/form.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'
import { checkTransport } from '../../providers/wire/transport-fields.ts'
import type { AccountRecord } from '../../settings/schema.ts'
import type { Account } from '../account/accounts.ts'
import { credentialKey } from '../account/keychain-items.ts'
import type { ClosedLease } from '../lease/lease-closer.ts'
import { type Actor, program } from '../record/actor.ts'
import { isSameSession } from '../service/same-service.ts'
import { LoginTrials, type RecordedLogin } from '../session/login-trials.ts'
import { uniqueName } from './account-name.ts'
import { CodeRequirement } from './code-requirement.ts'
import { LoginCommit, type LoginsPorts } from './login-commit.ts'
import {
  driverOf,
  firstLeaseKind,
  type NewAccount,
  type NewLogin,
  nextLeaseKind,
  secretsOf,
  storedSecrets,
  valuesOf,
} from './login-request.ts'

/** Logs accounts in and out for the user, and removes them. */
export class Logins {
  readonly #ports: LoginsPorts
  readonly #loginCommit: LoginCommit
  readonly #codeRequirement = new CodeRequirement()
  readonly #underWay = new Set<Promise<unknown>>()
  /** Advances with every reset: the login of a new account that began earlier is void. */
  readonly #resets = new Epoch()

  constructor(ports: LoginsPorts) {
    this.#ports = ports
    this.#loginCommit = new LoginCommit(ports)
  }

  /** Logs in and stores the account; a failed login leaves nothing behind. */
  add(wanted: NewAccount, by: Actor = program): Promise<Account> {
    return this.#track(this.#add(wanted, by))
  }

  /**
   * Logs in to an existing account with new secrets; values that are not given stay as stored. With a
   * one-time code the secrets can be omitted: the stored ones are used if they go to the address that they
   * belong to.
   */
  loginAgain(account: Account, login: NewLogin, by: Actor = program): Promise<Account> {
    return this.#track(this.#loginAgain(account, login, by))
  }

  /**
   * Rejects with the reason for which a login with this form would be refused before a secret is needed:
   * first that the host is blocked, which does not need a complete form. Of an incomplete form only the given
   * values are checked.
   */
  async check(
    wanted: Omit<NewAccount, 'secrets' | 'oneTimeCode'>,
    extent: Extent = {},
  ): Promise<void> {
    await this.#ready()
    this.#ports.removals.requireNoReset()
    this.#requireWelcome(wanted.provider, valuesOf(wanted), wanted)
    if (wanted.name !== undefined) {
      this.#ports.accounts.requireFree(wanted.provider.id, wanted.name)
    }
    if (wanted.copyFrom) await secretsOf({ ...wanted, secrets: {} }, this.#ports.vault)
    await checkTransport(checkValues(wanted.provider, valuesOf(wanted), extent), extent)
  }

  /** The same for a login to an existing account that changes these values. */
  async checkAgain(account: Account, { values, tryNow }: Omit<NewLogin, 'secrets'>): Promise<void> {
    await this.#ready()
    const { provider, record } = account
    const changed = changeValues(provider, record.values, values ?? {})
    this.#requireWelcome(provider, changed, { tryNow })
    await checkTransport(checkValues(provider, changed))
  }

  /** Resolves when no login is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  /**
   * Closes the account's leases, revokes its session token and deletes the credential; the account stays
   * listed. No step depends on the success of another: a failure is thrown at the end, and another log-out
   * completes it.
   */
  logout(account: Account, by: Actor = program): Promise<ClosedLease[]> {
    const { bulk, ongoingWork } = this.#ports
    const work = () => bulk.sharingFailures(() => this.#logout(account, by))
    return ongoingWork.run('logout', [account.uid], work)
  }

  async #logout(account: Account, by: Actor): Promise<ClosedLease[]> {
    const { accounts, retiredCredentials, revoker, leaseCloser, revocationCredentials, audit } =
      this.#ports
    const { uid, id, session } = account
    // The present item: that of a later login stays.
    const item = credentialKey(accounts.byUid(uid)?.record ?? account.record)
    const sessionToken = session.logOut()
    const marked = this.#markSignedOut(uid, by)
    const needing = revoker.needingSession(uid)
    // Some are revoked with the credential that the next steps delete.
    const kept = needing.length > 0 ? revocationCredentials.retain(account) : Promise.resolve()
    const closing = { by, cause: 'logged_out' } as const
    const ends = leaseCloser.close({ accountUid: uid }, { ...closing, before: kept })
    const items = sessionToken ? [...needing, sessionToken] : needing
    const ending = kept.then(() => retiredCredentials.list(account, item))
    const tokens = kept.then(() => revoker.revokeAll(items, 'user'))
    const steps = await Promise.allSettled([
      marked,
      ending.then((entry) => retiredCredentials.deleteItem(uid, item, entry)),
      tokens,
      // Last, because some tokens are revoked with it.
      Promise.all([ending, tokens, ends]).then(([entry]) => entry && revoker.revoke(entry)),
      audit.settled(),
    ])
    const ended = await ends
    for (const step of steps) if (step.status === 'rejected') throw partialLogout(id, step.reason)
    return ended
  }

  /** Logs out and deletes the account and its grants. */
  async remove(account: Account, by: Actor = program): Promise<ClosedLease[]> {
    const { accounts, ongoingWork, removals, stopped } = this.#ports
    const { uid } = account
    removals.add(uid)
    try {
      return await ongoingWork.run('removal', [uid], async () => {
        const ended = await this.logout(account, by)
        // After a stop nothing can be recorded, so that an interrupted removal is not completed.
        if (stopped.aborted) throw isStopping()
        accounts.remove(uid, by)
        return ended
      })
    } finally {
      removals.delete(uid)
    }
  }

  /**
   * Removes every account, one after the other; logins under way are void. If some could not be removed,
   * rejects at the end with how many; another reset continues with those. A stop leaves the rest unchanged.
   */
  async removeAll(by: Actor = program): Promise<void> {
    const { accounts, bulk, removals, stopping } = this.#ports
    this.#resets.advance()
    const all = accounts.all()
    for (const { uid } of all) removals.add(uid)
    const failures: unknown[] = []
    await bulk.run('reset', all.length, async (step) => {
      for (const account of all) {
        try {
          if (stopping.aborted) throw isStopping()
          await this.remove(account, by)
        } catch (error) {
          failures.push(error)
        } finally {
          removals.delete(account.uid)
        }
        step()
      }
    })
    if (failures.length > 0) throw notAllRemoved(failures.length, all.length, failures[0])
  }

  async #add(wanted: NewAccount, by: Actor): Promise<Account> {
    const { accounts, vault, clock, preferences, removals, stopping } = this.#ports
    const { provider } = wanted
    await this.#ready()
    removals.requireNoReset()
    if (wanted.name !== undefined) accounts.requireFree(provider.id, wanted.name)
    const form = checkForm(provider, valuesOf(wanted), await secretsOf(wanted, vault))
    for (const typed of [wanted.name, wanted.displayName]) {
      if (typed !== undefined) requireNoSecret(NAME, typed, Object.values(form.secrets))
    }
    const uid = randomText(120)
    const { current } = this.#resets
    const isSourceSignedIn = () =>
      !wanted.copyFrom || accounts.byUid(wanted.copyFrom.uid)?.record.state === 'signed_in'
    const isCurrent = () =>
      this.#resets.isCurrent(current) && !stopping.aborted && isSourceSignedIn()
    const { login, held } = await this.#login({ provider, uid }, form, wanted)
    const { displayName } = wanted
    const name =
      wanted.name ??
      uniqueName(
        provider.id,
        { displayName, label: login.label },
        (id) => accounts.find(id) !== undefined,
      )
    const id = toAccountId(provider.id, name)
    const pending = { uid, id, provider, values: form.values, login, held, by, isCurrent }
    const needsCode = login.usedCode && this.#codeRequirement.isProvenBy({ provider, ...form })
    const { leaseKind, leaseSeconds } = preferences()
    const account = await this.#loginCommit.commit(pending, null, (credential) =>
      accounts.insert(
        {
          uid,
          credential,
          provider: provider.id,
          name,
          label: login.label,
          ...(displayName !== undefined && { displayName }),
          values: form.values,
          ...(login.learned && { learned: login.learned }),
          leaseKind: firstLeaseKind(driverOf(provider, form.values, login), needsCode, leaseKind),
          leaseSeconds,
          state: 'signed_in',
          needsCode,
          createdAt: clock.now(),
        },
        by,
      ),
    )
    account.session.usedOneTimeCode = login.usedCode
    return account
  }

  async #loginAgain(account: Account, wanted: NewLogin, by: Actor): Promise<Account> {
    const { secrets, values, oneTimeCode } = wanted
    const { accounts, ledger, removals, stopping } = this.#ports
    const { uid, id, provider, record, session, values: before } = account
    await this.#ready()
    removals.requireNotRemoving(account)
    session.backoff.check('user')
    const changed = changeValues(provider, record.values, values ?? {})
    const entered = oneTimeCode?.reveal().trim()
      ? { ...(await storedSecrets(account, changed, accounts)), ...secrets }
      : secrets
    const form = checkForm(provider, changed, entered)
    const { current } = session.logouts
    const isCurrent = () => session.logouts.isCurrent(current) && !stopping.aborted
    const { login, held } = await session.backoff
      .run(() => this.#login(account, form, wanted))
      .catch((error: unknown) => {
        // The service would refuse tools for the same reason.
        const isSame = isDeepStrictEqual(form.values, record.values) && isCurrent()
        if (isSame && isTokentrayError(error) && error.code === 'not_supported') {
          session.markUnusable(error)
        }
        throw error
      })
    const next = { ...form.values, ...login.learned }
    if (isCurrent() && !isSameSession(provider, before, next))
      await this.#loginCommit.revokeBeforeMove(account, by)
    const pending = { uid, id, provider, values: form.values, login, held, by, isCurrent }
    return await this.#loginCommit.commit(pending, session, (credential) => {
      session.usedOneTimeCode = login.usedCode
      session.tokenChecks.invalidate(ledger.tokensOf(uid))
      const known = accounts.getByUid(uid)
      const isShown =
        known.record.needsCode || this.#codeRequirement.isProvenBy({ provider, ...form })
      const needsCode = login.usedCode && isShown
      const change: Partial<AccountRecord> = {
        credential,
        label: login.label,
        values: form.values,
        learned: login.learned,
        leaseKind: nextLeaseKind(known, driverOf(provider, form.values, login), needsCode),
        state: 'signed_in',
        loginRequiredBecause: undefined,
        needsCode,
      }
      accounts.change(uid, change, by)
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

  async #markSignedOut(uid: string, by: Actor): Promise<void> {
    const change = {
      state: 'signed_out',
      loginRequiredBecause: undefined,
      needsCode: false,
    } as const
    this.#ports.accounts.note(uid, change, by)
  }

  async #ready(): Promise<void> {
    const { lock, startupRecovery, stopping } = this.#ports
    await lock.unlocked()
    await startupRecovery.opened()
    if (stopping.aborted) throw isStopping()
  }

  #login(
    { provider, uid, id }: Pick<Account, 'provider' | 'uid'> & Partial<Pick<Account, 'id'>>,
    form: { readonly values: FormValues; readonly secrets: Secrets },
    { oneTimeCode, tryNow }: Pick<NewLogin, 'oneTimeCode' | 'tryNow'>,
  ): Promise<RecordedLogin> {
    const { calls, stopped, hosts } = this.#ports
    const owner = { accountUid: uid, provider: provider.id, ...(id && { account: id }) }
    const trials = new LoginTrials(this.#ports, owner)
    const context = { ...calls.context(provider.id, 'login', stopped), trials }
    const login = () =>
      trials.run(() =>
        provider.login({ ...form, ...(oneTimeCode !== undefined && { oneTimeCode }) }, context),
      )
    const trying = tryNow ? hosts.tryOnce(provider, form.values, login) : login()
    return trying.catch((error: unknown) => {
      if (isTokentrayError(error) && error.code === 'otp_required') {
        this.#codeRequirement.refused({ provider, ...form })
      }
      throw error
    })
  }

  #requireWelcome(
    provider: Provider,
    values: FormValues,
    { tryNow }: { readonly tryNow?: boolean | undefined },
  ): void {
    const refusal = tryNow ? null : this.#ports.hosts.refusal(provider, values)
    if (refusal) throw refusal
  }
}

/** The name of an account as a form field. */
const NAME = { name: 'name', label: 'Name' }

function isStopping(): TokentrayError {
  return new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
}

/** A log-out that did not finish. */
function partialLogout(id: string, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  return new TokentrayError(
    cause.code,
    `${id} was logged out, but cleanup did not finish: ${cause.message}`,
    { account: id, hint: `${cause.hint} Then log out again.`, cause },
  )
}

/** A reset that could not remove some of the accounts. */
function notAllRemoved(left: number, total: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = `${left} of ${total} ${total === 1 ? 'account' : 'accounts'}`
  return new TokentrayError(
    cause.code,
    `${some} could not be removed. The first reason: ${cause.message}`,
    { hint: `${cause.hint} Then reset again: it continues with the remaining accounts.`, cause },
  )
}
