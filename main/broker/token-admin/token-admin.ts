import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { newLeaseId } from '../../base/ids.ts'
import type { RunnableOperation } from '../../base/operations.ts'
import type { Secret } from '../../base/secret.ts'
import { checkValues } from '../../providers/form.ts'
import type {
  FormValues,
  ProviderContext,
  ProviderSession,
  Revocation,
} from '../../providers/provider.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import { notSupported, operationsOf } from '../account/operations.ts'
import type { Removals } from '../account/removals.ts'
import type { Client } from '../clients.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { ClosedLease, LeaseCloser } from '../lease/lease-closer.ts'
import type { LeaseOpener } from '../lease/lease-opener.ts'
import type { Lease, Leases } from '../lease/leases.ts'
import type { TokenMinter } from '../lease/token-minter.ts'
import type { HeldToken, Ledger } from '../ledger/ledger.ts'
import type { Lock } from '../lock.ts'
import { type Actor, program } from '../record/actor.ts'
import type { LastUses } from '../record/last-uses.ts'
import type { Recorder } from '../record/recorder.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Activity, Calls } from '../service/driver-calls.ts'
import type { Hosts } from '../service/hosts.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { OngoingWork } from '../service/ongoing-work.ts'
import { isSameForm } from '../service/same-service.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import { type AccountToken, toAccountTokens } from './match-tokens.ts'

interface TokenAdminParts {
  readonly accounts: Accounts
  readonly leases: Leases
  readonly lastUses: LastUses
  readonly removals: Removals
  readonly leaseOpener: LeaseOpener
  readonly leaseCloser: LeaseCloser
  readonly tokenMinter: TokenMinter
  readonly hosts: Hosts
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly ongoingWork: OngoingWork
  readonly calls: Calls
  readonly audit: Recorder
  /** Resolves when what was noted is recorded, or could not be written. */
  readonly recorded: () => Promise<void>
  readonly lock: Lock
  readonly startupRecovery: StartupRecovery
  readonly arm: (deadline: number) => void
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
  readonly clock: Clock
}

/** A link that works once, and the lease of its portal session. */
export interface Portal {
  readonly url: Secret
  readonly lease: Lease
}

/** The result of revoking a listed token. */
export interface RevokedToken {
  readonly token: AccountToken
  readonly revocation: Revocation
  /** The leases that had it. */
  readonly leases: readonly ClosedLease[]
}

/** The shortest lifetime that the service offers. */
const PORTAL_SECONDS = 3_600

/**
 * Manages the tokens of an account for the user. Everything rejects with `not_supported` if the service does
 * not support it, and else as `issue` does.
 */
export class TokenAdmin {
  readonly #parts: TokenAdminParts
  readonly #rotations = new SingleFlight<string, readonly ClosedLease[]>()

  constructor(parts: TokenAdminParts) {
    this.#parts = parts
  }

  /** Runs an operation that takes the account alone; resolves to the leases that it closed. */
  run(name: RunnableOperation, account: Account, client: Client): Promise<readonly ClosedLease[]> {
    switch (name) {
      case 'revoke_all':
        return this.revokeAll(account, client)
      case 'rotate':
        return this.rotate(account, client)
      default:
        return name satisfies never
    }
  }

  /** The valid tokens at the service, newest first, including those of other programs. */
  async list(account: Account): Promise<readonly AccountToken[]> {
    const { driver } = account
    // Bound, because a driver may be an object of a class; so are the members below.
    const listTokens = driver.listTokens?.bind(driver)
    if (!listTokens) throw notSupported(account, 'list_tokens')
    const listed = await this.#call(account, 'list', listTokens)
    return toAccountTokens(listed, this.#tokensOfSame(account))
  }

  /** Revokes one listed token, whichever program uses it; `not_found` for an id that is not listed. */
  revokeToken(account: Account, id: string, client: Client): Promise<RevokedToken> {
    const work = () => this.#revokeToken(account, id, client)
    return this.#parts.ongoingWork.run('revocation', [account.uid], work)
  }

  async #revokeToken(account: Account, id: string, client: Client): Promise<RevokedToken> {
    const { driver } = account
    const revokeById = driver.revokeById?.bind(driver)
    if (!revokeById) throw notSupported(account, 'revoke_token')
    const token = (await this.list(account)).find((each) => each.id === id)
    if (!token) {
      throw new TokentrayError('not_found', `${account.id} has no token with that ID.`, {
        account: account.id,
        hint: `To list its tokens, run "tokentray tokens ${account.id}".`,
      })
    }
    const revocation = await this.#call(account, 'logout', (session, context) =>
      revokeById(id, session, context),
    )
    if (revocation === 'not_supported') throw notSupported(account, 'revoke_token')
    const { held } = token
    const leases = held ? this.#closeRevoked(this.#leasesOn(held), client) : []
    if (held) this.#markRevoked(held)
    // It may be one of ours that the list cannot identify, so each is checked before it is next issued.
    this.#markAllUnknown(account)
    await this.#noteDone('revoke_token', account, client, held)
    return { token, revocation, leases }
  }

  /** Revokes every token of the account at its service, whichever program uses it. */
  revokeAll(account: Account, client: Client): Promise<readonly ClosedLease[]> {
    const work = () => this.#revokeAll(account, client)
    return this.#parts.ongoingWork.run('revocation', [account.uid], work)
  }

  async #revokeAll(account: Account, client: Client): Promise<readonly ClosedLease[]> {
    const { revokeAll } = account.driver
    if (!revokeAll) throw notSupported(account, 'revoke_all')
    const { ledger, revoker, leases } = this.#parts
    await this.#ready()
    // Only the tokens from before the call are certain to be revoked by it.
    const isHit = (held: HeldToken) => isSameForm(account.provider, held.values, account.values)
    const held = ledger.tokensOf(account.uid).filter(isHit)
    const before = leases.list({ accountUid: account.uid }).filter((lease) => isHit(lease.held))
    await this.#call(account, 'logout', (session, context) => revokeAll.run(session, context))
    const grace = revokeAll.graceSeconds?.(account.values) ?? 0
    const closed = grace > 0 ? null : this.#closeRevoked(before, client)
    for (const each of closed ? held : []) {
      account.session.markRefused(each)
      revoker.markRevoked(each)
    }
    // The grace period is for other programs: ours are revoked now, and not reported as revoked by the call.
    const how = { by: client, cause: 'asked' } as const
    const ended = closed ?? (await this.#parts.leaseCloser.closeAll(before, how))
    this.#markAllUnknown(account)
    await this.#noteDone('revoke_all', account, client)
    return ended
  }

  /**
   * Replaces all active tokens: the session token first, then each dedicated token. The old tokens are
   * revoked only then.
   */
  async rotate(account: Account, client: Client): Promise<readonly ClosedLease[]> {
    if (!operationsOf(account).includes('rotate')) throw notSupported(account, 'rotate')
    await this.#ready()
    this.#parts.removals.requireNotRemoving(account)
    const { uid } = account
    const rotate = () =>
      this.#parts.ongoingWork.run('rotation', [uid], () => this.#rotate(account, client))
    return await this.#rotations.run(uid, rotate)
  }

  async #rotate(account: Account, client: Client): Promise<readonly ClosedLease[]> {
    const { leases, leaseOpener, leaseCloser } = this.#parts
    const { uid, record, driver, session } = account
    const tools = () => leases.list({ accountUid: uid }).filter(({ isPortal }) => !isPortal)
    const before = tools()
    if (keepsSession(record.leaseKind, driver)) await session.rotate()
    // Some leases were opened on the old token while the new one was requested.
    const onOld = tools().filter((lease) => lease.kind === 'shared' && !session.owns(lease.held))
    const own = before.filter(({ kind }) => kind === 'dedicated')
    const replaced = own.filter((lease) => leases.currentOf(lease.client, uid) !== lease)
    const finish = async () => {
      const closing = { by: client, cause: 'replaced' } as const
      const ended = await leaseCloser.closeAll([...onOld, ...replaced], closing)
      await this.#noteDone('rotate', account, client)
      return ended
    }
    try {
      for (const lease of own.filter((each) => !replaced.includes(each))) {
        if (record.leaseKind === 'dedicated') await leaseOpener.replace(lease)
        replaced.push(lease)
      }
    } catch (error) {
      // The tokens that were replaced are revoked even if others could not be replaced.
      await finish()
      throw error
    }
    return await finish()
  }

  /**
   * Sends one request to the account's service if its host is blocked. Rejects with the error of the request;
   * `login_required` if that needs a login by the user.
   */
  async tryNow(account: Account, client: Client): Promise<void> {
    await this.#ready()
    const { hosts } = this.#parts
    if (!hosts.of(account.provider, account.values)) return
    const { name, route } = client
    const { uid: accountUid, id } = account
    const about = { client: name, account: id, accountUid }
    await this.#parts.audit.record({ event: 'try_now', ...about, route })
    await hosts.tryOnce(account.provider, account.values, () => this.#ask(account, client))
  }

  /** The smallest request that shows whether the service accepts requests: a probe, or else a new token. */
  async #ask(account: Account, client: Client): Promise<void> {
    const { calls, stopped, tokenMinter, revoker } = this.#parts
    const { session, driver, provider, record } = account
    const held = session.current
    if (held && driver.probe) {
      const context = calls.context(provider.id, 'probe', stopped)
      const answer = await driver.probe(held.token, held.values, context)
      if (answer === 'refused') session.drop(held)
    } else if (keepsSession(record.leaseKind, driver)) {
      await session.rotate()
    } else {
      const minted = await tokenMinter.mint(newLeaseId(), account, {
        client: client.id,
        lifetimeSeconds: record.leaseSeconds,
      })
      if (minted) await revoker.revoke(minted)
    }
  }

  /**
   * A link to the portal of the account, or of another one under the same credential (`instead`). The portal
   * session ends with the lease.
   */
  async portal(account: Account, client: Client, instead?: string): Promise<Portal> {
    const { driver } = account
    const { portalField } = driver
    const portalLink = driver.portalLink?.bind(driver)
    if (!portalLink) throw notSupported(account, 'portal')
    await this.#ready()
    const { accounts, removals, tokenMinter, leases, startupRecovery, arm } = this.#parts
    removals.requireNotRemoving(account)
    const leaseId = newLeaseId()
    const request = { leaseId, lifetimeSeconds: PORTAL_SECONDS }
    const result = await account.mintQueue.run(() => {
      // The account may have changed while this was queued.
      const current = accounts.getByUid(account.uid)
      const values = portalField ? valuesWith(current, portalField, instead) : current.values
      const making = { leaseId, account: current, values, activity: 'portal' } as const
      return tokenMinter.make(making, (session, context) => portalLink(session, request, context))
    })
    if (!result) throw changing(account)
    const { held, made } = result
    const lease = leases.open(
      {
        ...{ id: leaseId, client: client.id, accountUid: account.uid, kind: 'dedicated', held },
        fingerprint: startupRecovery.fingerprint(held.token.value),
        reason: instead === undefined ? 'portal' : `portal of ${instead}`,
        isPortal: true,
      },
      PORTAL_SECONDS * 1_000,
    )
    if (lease.lifetime.endsAt !== null) arm(lease.lifetime.endsAt)
    await this.#release(lease, account, client)
    return { url: made.url, lease }
  }

  /** Records the link before it leaves; rejects if the lease was closed or Tokentray locked meanwhile. */
  async #release(lease: Lease, account: Account, { name, route }: Client): Promise<void> {
    const { audit, leases, lastUses, leaseCloser, removals, lock, clock } = this.#parts
    const { id, fingerprint, lifetime } = lease
    try {
      await audit.record({
        ...{ event: 'portal', client: name, account: account.id, accountUid: account.uid },
        ...{ lease: id, fingerprint, endsAt: lifetime.endsAt, route },
      })
      if (lock.locked || removals.has(account.uid) || !leases.isOpen(lease)) throw changing(account)
      lastUses.note(account.uid, name, clock.now())
    } catch (error) {
      await leaseCloser.closeAll([lease], { by: program, cause: 'withheld' })
      throw error
    }
  }

  async #call<Value>(
    account: Account,
    activity: Activity,
    work: (session: ProviderSession, context: ProviderContext) => Promise<Value>,
  ): Promise<Value> {
    await this.#ready()
    const { calls, stopped } = this.#parts
    const context = calls.context(account.provider.id, activity, stopped)
    return await account.session.call((session) => work(session, context), 'action')
  }

  /** Includes those of other accounts with the same login, because the service has one list for them. */
  #tokensOfSame({ provider, record }: Account): readonly HeldToken[] {
    const { accounts, ledger } = this.#parts
    return accounts
      .all()
      .filter((each) => each.provider === provider && each.record.label === record.label)
      .flatMap(({ uid }) => ledger.tokensOf(uid))
  }

  #leasesOn({ id, accountUid }: HeldToken): readonly Lease[] {
    return this.#parts.leases.list({ accountUid }).filter(({ held }) => held.id === id)
  }

  /** Closes leases whose token is revoked already. */
  #closeRevoked(leases: readonly Lease[], by: Actor): readonly ClosedLease[] {
    const { accounts } = this.#parts
    const open = leases.filter((lease) => this.#parts.leases.isOpen(lease))
    this.#parts.leases.close(open, { by, cause: 'asked' })
    return open.map((lease) => ({
      ...{ lease, accountId: accounts.nameOf(lease.held), atService: 'ended' as const },
    }))
  }

  /** The service has revoked this token, which may be the session token of another account. */
  #markRevoked(held: HeldToken): void {
    const { accounts, revoker } = this.#parts
    const session = accounts.byUid(held.accountUid)?.session
    if (session?.owns(held)) session.release()
    revoker.markRevoked(held)
  }

  /** Includes other accounts of the service, which may be the same one under another name. */
  #markAllUnknown({ provider }: Account): void {
    for (const each of this.#parts.accounts.all()) {
      if (each.provider === provider) each.session.tokenChecks.markAllUnknown()
    }
  }

  /** Records what was done; what cannot be written now is written with the next line. */
  async #noteDone(
    event: string,
    { id, uid }: Account,
    { name, route }: Client,
    held?: HeldToken,
  ): Promise<void> {
    const { audit, startupRecovery, recorded } = this.#parts
    const fingerprint = held && startupRecovery.fingerprint(held.token.value)
    audit.note({
      ...{ event, client: name, account: id, accountUid: uid, route },
      ...(fingerprint && { fingerprint }),
    })
    await recorded()
  }

  async #ready(): Promise<void> {
    await this.#parts.lock.unlocked()
    await this.#parts.startupRecovery.opened()
  }
}

function valuesWith(account: Account, field: string, instead: string | undefined): FormValues {
  if (instead === undefined) return account.values
  const { provider, record } = account
  return { ...checkValues(provider, { ...record.values, [field]: instead }), ...record.learned }
}

function changing({ id }: Account): TokentrayError {
  return new TokentrayError('temporarily_unavailable', 'The account is being changed.', {
    account: id,
    hint: 'Ask again.',
  })
}
