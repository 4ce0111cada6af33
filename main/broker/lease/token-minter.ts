import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { ClientId, LeaseId } from '../../base/ids.ts'
import type {
  AccessToken,
  FormValues,
  ProviderContext,
  ProviderSession,
} from '../../providers/provider.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import type { HeldToken, Ledger, Reservation } from '../ledger/ledger.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Activity, Calls } from '../service/driver-calls.ts'

interface TokenMinterParts {
  readonly accounts: Accounts
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly calls: Calls
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}

/** A new token and what belongs to it. */
interface MintResult {
  readonly token: AccessToken
  readonly learned?: FormValues
}

interface MintRequest {
  readonly leaseId: LeaseId
  readonly account: Account
  /** The account's values, or others that are requested instead. */
  readonly values: FormValues
  readonly activity: Activity
  /** The client that the token is for; absent for a token that is not issued. */
  readonly client?: ClientId
}

/** Errors after which it is certain that no token was made. */
const NOTHING_MADE: readonly ErrorCode[] = [
  'wrong_credentials',
  'otp_required',
  'rate_limited',
  'invalid_request',
  'not_supported',
  'login_required',
  'vault_locked',
  'vault_unavailable',
]

/** Makes tokens for one lease each, and keeps the ledger ahead of the service. */
export class TokenMinter {
  readonly #parts: TokenMinterParts

  constructor(parts: TokenMinterParts) {
    this.#parts = parts
  }

  /** A recorded token for this lease only; `null` if the account was changed meanwhile. */
  async mint(
    leaseId: LeaseId,
    account: Account,
    { client, lifetimeSeconds }: { readonly client: ClientId; readonly lifetimeSeconds: number },
  ): Promise<HeldToken | null> {
    const { driver, provider } = account
    const cannotMint = () =>
      new TokentrayError('not_supported', `${provider.title} cannot mint tokens.`)
    if (!driver.mint) throw cannotMint()
    const request = { leaseId, lifetimeSeconds }
    const { values } = account
    const made = await this.make(
      { leaseId, account, values, client, activity: 'lease' },
      async (session, context) => {
        const minted = await driver.mint?.(session, request, context)
        if (!minted) throw cannotMint()
        return minted
      },
    )
    return made === null ? null : made.held
  }

  /**
   * Makes a token under a lease id, with what belongs to it, and records it. If the service can revoke by
   * lease id, the id is recorded before the service is called, so that no crash leaves an unknown token.
   * `null` if the account was changed meanwhile.
   */
  async make<Value extends MintResult>(
    { leaseId, account, values, activity, client }: MintRequest,
    work: (session: ProviderSession, context: ProviderContext) => Promise<Value>,
  ): Promise<{ readonly held: HeldToken; readonly made: Value } | null> {
    const { ledger, revoker, calls, stopped } = this.#parts
    const { session, uid, id, provider, driver } = account
    const { epoch } = session
    const { current } = epoch
    const planned = { accountUid: uid, account: id, provider: provider.id, values, client } as const
    try {
      const plan = driver.revokeLease ? ledger.reserve(planned, leaseId) : null
      const question = { isAsked: false }
      const made = await this.#withReservation(plan, question, () =>
        session.call(
          (source) => {
            // Values and credential must be from the same login.
            if (!epoch.isCurrent(current)) throw new TokentrayError('cancelled')
            question.isAsked = true
            return work({ ...source, values }, calls.context(provider.id, activity, stopped))
          },
          activity === 'portal' ? 'action' : 'token',
        ),
      )
      const owner = { ...planned, values: { ...values, ...made.learned } }
      const { token } = made
      const held = await revoker.record({ ...owner, kind: 'lease' }, token, plan)
      const isGood = activity === 'portal' || (await session.tokenChecks.checkNew(held, driver))
      if (activity === 'portal') session.tokenChecks.markValid(held)
      if (!epoch.isCurrent(current)) {
        await revoker.revoke(held)
        return null
      }
      if (!isGood) {
        await revoker.revoke(held, 'background')
        return await session.diagnoseRefusals()
      }
      if (made.learned) await this.#storeLearned(held, made.learned)
      return { held, made }
    } catch (error) {
      // The request was made with a credential or for leases that are void.
      if (!epoch.isCurrent(current)) return null
      throw error
    }
  }

  async #withReservation<Value>(
    plan: Reservation | null,
    question: { readonly isAsked: boolean },
    ask: () => Promise<Value>,
  ): Promise<Value> {
    if (!plan) return await ask()
    const { ledger, revoker } = this.#parts
    try {
      await ledger.write(plan)
      return await ask()
    } catch (error) {
      const isRefused =
        isTokentrayError(error) && (error.isUnsent || NOTHING_MADE.includes(error.code))
      const isCertain = isRefused || !question.isAsked
      // The response, and with it a token, may have been lost.
      if (isCertain) ledger.remove(plan.id).catch(() => undefined)
      else void revoker.revoke(plan, 'background')
      throw error
    }
  }

  /** Stores what was learned with a token; if that fails, the token is revoked. */
  async #storeLearned(held: HeldToken, learned: FormValues): Promise<void> {
    const { accounts, revoker } = this.#parts
    const { accountUid: uid } = held
    try {
      const { record } = accounts.getByUid(uid)
      accounts.change(uid, { learned: { ...record.learned, ...learned } })
    } catch (error) {
      await revoker.revoke(held)
      throw error
    }
  }
}
