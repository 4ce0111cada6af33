import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { FormValues, ProviderSession } from '../providers/provider.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Calls } from './calls.ts'
import type { HeldToken, Ledger, LedgerItem } from './ledger.ts'
import { Refusals } from './refusals.ts'
import { isSamePlace } from './same-place.ts'

/** What there is to end the leases of an account with. */
export interface EndingSession {
  readonly session: ProviderSession
  /** The service has refused it. */
  refused(): void
}

interface EndingSessionsPorts {
  readonly accounts: () => Accounts
  readonly ledger: Ledger
  readonly calls: Calls
  readonly clock: Clock
  /** True for a token that is about to end. */
  readonly isEnding: (held: HeldToken) => boolean
}

interface Kept {
  readonly values: FormValues
  readonly session: ProviderSession
}

/**
 * With what leases are ended whose service wants more for that than their token: the credential, and
 * the session's token, of the account that they were made with. Also while Tokentray is locked, and
 * after the account was logged out or changed, for as long as something is left to end.
 */
export class EndingSessions {
  readonly #ports: EndingSessionsPorts
  readonly #kept = new Map<string, Kept[]>()
  /** A service that refuses every session would else cost a login for each try. */
  readonly #refusals: Refusals

  constructor(ports: EndingSessionsPorts) {
    this.#ports = ports
    this.#refusals = new Refusals(ports.clock)
  }

  /** Keeps what the account has now, because it is about to lose it. Never rejects. */
  async keep({ uid, values, session: owner }: Account): Promise<void> {
    const credential = await owner.stored().catch(() => null)
    if (!credential) return
    const token = this.#livingToken(uid, values)
    const session = { values, credential, ...(token && { token: token.token }) }
    this.#kept.set(uid, [{ values, session }, ...(this.#kept.get(uid) ?? [])])
  }

  /** Nothing of the account is left to end. */
  forget(uid: string): void {
    this.#kept.delete(uid)
  }

  /**
   * Resolves to `null` where nothing is left to end this with but its token. Rejects while that
   * cannot be said: with what the vault says, or a login where the session has no token any more.
   */
  async find(item: LedgerItem): Promise<EndingSession | null> {
    const { accountUid: uid } = item
    const credential = await this.#account(item)?.session.stored()
    // Security: looked at again, because a login meanwhile may have taken both elsewhere.
    const account = this.#account(item)
    if (account && credential) return await this.#ofAccount(item, account, credential)
    const kept = this.#kept.get(uid)?.find(({ values }) => this.#fits(item, values))
    if (!kept) return null
    const { credential: old, token } = kept.session
    return {
      session: { values: item.values, credential: old, ...(token && { token }) },
      refused: () => {
        const others = this.#kept.get(uid)?.filter((each) => each !== kept) ?? []
        this.#kept.set(uid, others)
      },
    }
  }

  /** The item's account, if it is still where the item is from. */
  #account(item: LedgerItem): Account | undefined {
    const account = this.#ports.accounts().byUid(item.accountUid)
    if (!account || account.record.state === 'signed_out') return undefined
    return this.#fits(item, account.values) ? account : undefined
  }

  async #ofAccount(
    { values }: LedgerItem,
    { uid, provider, session }: Account,
    credential: ProviderSession['credential'],
  ): Promise<EndingSession> {
    if (provider.driver(values).mintsFrom === 'credential') {
      return { session: { values, credential }, refused: () => undefined }
    }
    const held = this.#livingToken(uid, values) ?? (await session.token(0))
    if (!held || !isSamePlace(provider, held.values, values)) {
      throw new TokentrayError('temporarily_unavailable', 'The account is being changed.')
    }
    return {
      session: { values, credential, token: held.token },
      refused: () => {
        this.#refusals.count(uid)
        session.drop(held)
      },
    }
  }

  #livingToken(uid: string, values: FormValues): HeldToken | undefined {
    const { ledger, isEnding } = this.#ports
    return ledger
      .tokensOf(uid)
      .findLast(
        (held) =>
          held.kind === 'session' &&
          held.lifetime.remainingMs > 0 &&
          !isEnding(held) &&
          this.#fits(held, values),
      )
  }

  #fits({ provider: id, values: made }: LedgerItem, values: FormValues): boolean {
    const provider = this.#ports.calls.provider(id)
    return provider !== undefined && isSamePlace(provider, made, values)
  }
}
