import { TokentrayError } from '../base/errors.ts'
import type { AccountId } from '../base/ids.ts'
import type { Secrets } from '../base/secret.ts'
import type { FormValues, Login, Provider } from '../providers/provider.ts'
import { type Account, deleteCredential, keepsSession, storeCredential } from './accounts.ts'
import type { HeldToken } from './ledger.ts'
import { recordOrEnd } from './recording.ts'
import type { Session } from './session.ts'
import type { SigningPorts } from './signing-ports.ts'

/** A login that the service has accepted and that is not kept yet. */
export interface Fresh {
  readonly uid: string
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
  readonly login: Login
  /** False once a log-out, a reset or a stop has made this login void. */
  readonly isWanted: () => boolean
}

/** Keeps a login that the service has accepted, or leaves everything as it was. */
export class Keeping {
  readonly #ports: SigningPorts

  constructor(ports: SigningPorts) {
    this.#ports = ports
  }

  /** Leases that cannot be ended any more once the account is somewhere else. */
  async endInPlace(account: Account): Promise<void> {
    const { endings, leaseEnding, leases, sessions } = this.#ports
    const { uid } = account
    if (endings.needingSession(uid).length === 0) return
    const kept = sessions.keep(account)
    const needing = leases
      .list({ accountUid: uid })
      .filter(({ held }) => endings.needsSession(held))
    await leaseEnding.endThese(needing, kept)
    await endings.endAll(endings.needingSession(uid), 'person')
  }

  /** Ledger, vault, record, settings, in this order; what fails half-way ends the new token. */
  async keep(fresh: Fresh, session: Session | null, save: () => Account): Promise<Account> {
    const { uid, id, provider, login, isWanted } = fresh
    const { ledger, vault, endings, audit } = this.#ports
    const values = { ...fresh.values, ...login.learned }
    const owner = { accountUid: uid, provider: provider.id, values, kind: 'session' } as const
    const held = login.token ? await recordOrEnd(ledger, endings, owner, login.token) : null
    const before = session && (await session.stored().catch(() => null))
    const keep = async () => {
      requireWanted(isWanted, id)
      await storeCredential(vault, uid, login.credential)
      requireWanted(isWanted, id)
      await audit.record({ event: 'login', account: id })
      requireWanted(isWanted, id)
      const account = save()
      this.#take(account, held, login.credential)
      return account
    }
    try {
      return await (session ? session.whileChanging(keep) : keep())
    } catch (error) {
      await Promise.all([held && endings.end(held), this.#putBack(uid, before)])
      throw error
    }
  }

  #take({ session, record, driver }: Account, held: HeldToken | null, credential: Secrets): void {
    const { endings, leaseEnding } = this.#ports
    const kept = keepsSession(record.leaseKind, driver) ? held : null
    session.renewByPerson(credential, kept)
    if (kept) return
    const old = session.release()
    if (old) leaseEnding.retire(old)
    if (held) void endings.end(held, 'program')
  }

  /** The credential as it was before a login that could not be kept. */
  async #putBack(uid: string, before: Secrets | null): Promise<void> {
    const { accounts, vault, log } = this.#ports
    const isSignedIn = accounts.byUid(uid)?.record.state === 'signed_in'
    if (isSignedIn && !before) return
    const undo =
      isSignedIn && before ? storeCredential(vault, uid, before) : deleteCredential(vault, uid)
    await undo.catch((error: unknown) => {
      log.warn('a credential of a login that failed may be left in the keychain', { error })
    })
  }
}

function requireWanted(isWanted: () => boolean, id: AccountId): void {
  if (isWanted()) return
  throw new TokentrayError('cancelled', `${id} was logged out meanwhile.`, { account: id })
}
