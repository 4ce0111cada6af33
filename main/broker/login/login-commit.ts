import { TokentrayError } from '../../base/errors.ts'
import { type AccountId, randomText } from '../../base/ids.ts'
import type { Secrets } from '../../base/secret.ts'
import type { FormValues, Login, Provider } from '../../providers/provider.ts'
import { type Account, storeCredential } from '../account/accounts.ts'
import { credentialKey } from '../account/keychain-items.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { Actor } from '../record/actor.ts'
import { recordOrRevoke } from '../revocation/record-or-revoke.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { Session } from '../session/session.ts'
import type { LoginsPorts } from './signing-ports.ts'

/** A login that the service has accepted and that is not kept yet. */
export interface Fresh {
  readonly uid: string
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
  readonly login: Login
  /** The login's token where it is in the ledger already. */
  readonly held: HeldToken | null
  readonly by: Actor
  /** False once a log-out, a reset or a stop has made this login void. */
  readonly isWanted: () => boolean
}

/** Keeps a login that the service has accepted, or leaves everything as it was. */
export class LoginCommit {
  readonly #ports: LoginsPorts

  constructor(ports: LoginsPorts) {
    this.#ports = ports
  }

  /** Leases that cannot be ended any more once the account is somewhere else. */
  async endInPlace(account: Account, by: Actor): Promise<void> {
    const { revoker, leaseCloser, leases, sessions } = this.#ports
    const { uid } = account
    if (revoker.needingSession(uid).length === 0) return
    const kept = sessions.keep(account)
    const needing = leases
      .list({ accountUid: uid })
      .filter(({ held }) => revoker.needsSession(held))
    await leaseCloser.endThese(needing, { by, cause: 'moved', before: kept })
    await revoker.endAll(revoker.needingSession(uid), 'person')
  }

  /**
   * Ledger, vault, record, settings, in this order; what fails half-way ends the new token. The
   * credential gets an item of its own, which `save` names in the account's record: at each moment the
   * record leads to a credential and to what that is for, and it is the old one or the new.
   */
  async keep(
    fresh: Fresh,
    session: Session | null,
    save: (credential: string) => Account,
  ): Promise<Account> {
    const { uid, id, provider, login, by, isWanted } = fresh
    const { accounts, ledger, vault, revoker, audit } = this.#ports
    const credential = randomText(120)
    const item = credentialKey({ uid, credential })
    const values = { ...fresh.values, ...login.learned }
    const place = { accountUid: uid, account: id, provider: provider.id, values }
    const owner = { ...place, kind: 'session' } as const
    const held =
      fresh.held ?? (login.token ? await recordOrRevoke(ledger, revoker, owner, login.token) : null)
    const keep = async () => {
      requireWanted(isWanted, id)
      await storeCredential(vault, item, login.credential)
      requireWanted(isWanted, id)
      await audit.record({ event: 'login', account: id, accountUid: uid, route: by.route })
      requireWanted(isWanted, id)
      const before = accounts.byUid(uid)?.record
      const account = save(credential)
      this.#take(account, held, login.credential)
      revoker.tryAgain(uid)
      return { account, replaced: before && credentialKey(before) }
    }
    try {
      const { account, replaced } = await (session ? session.whileChanging(keep) : keep())
      if (replaced) await this.#forget(replaced)
      return account
    } catch (error) {
      await Promise.all([held && revoker.end(ledger.asTrial(held)), this.#forget(item)])
      throw error
    }
  }

  #take({ session, record, driver }: Account, held: HeldToken | null, credential: Secrets): void {
    const { revoker, ledger, leaseCloser } = this.#ports
    const kept = keepsSession(record.leaseKind, driver) ? held : null
    session.renewByPerson(credential, kept)
    if (kept) return
    const old = session.release()
    if (old) leaseCloser.retire(old)
    if (held) void revoker.end(ledger.asTrial(held), 'program')
  }

  /** Takes an item out of the keychain that nothing leads to but its list. Never rejects. */
  async #forget(item: string): Promise<void> {
    const { vault, log } = this.#ports
    await vault.delete(item).catch((error: unknown) => {
      log.warn('a credential that is not used could not be removed from the keychain yet', {
        error,
      })
    })
  }
}

function requireWanted(isWanted: () => boolean, id: AccountId): void {
  if (isWanted()) return
  throw new TokentrayError('cancelled', `${id} was logged out meanwhile.`, { account: id })
}
