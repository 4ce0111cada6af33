import type { AccessToken, FormValues, Login, Trials } from '../../providers/provider.ts'
import { type HeldToken, isToken, type Ledger, type LedgerItem } from '../ledger/ledger.ts'
import type { Revoker } from '../revocation/revoker.ts'

interface TrialParts {
  readonly ledger: Ledger
  readonly revoker: Revoker
}

/** The account that logs in. */
interface TrialOwner {
  readonly accountUid: string
  /** The account's id, if it exists already. */
  readonly account?: string
  readonly provider: string
}

/** A login, with its token if the login has recorded it in the ledger. */
export interface RecordedLogin {
  readonly login: Login
  readonly held: HeldToken | null
}

/** The tokens that one login makes on its way; what is left of them is revoked after the login. */
export class LoginTrials implements Trials {
  readonly #parts: TrialParts
  readonly #owner: TrialOwner
  /** By lease id, or by token. */
  readonly #items = new Map<string | AccessToken, LedgerItem>()

  constructor(parts: TrialParts, owner: TrialOwner) {
    this.#parts = parts
    this.#owner = owner
  }

  async plan(leaseId: string, values: FormValues): Promise<void> {
    const { ledger } = this.#parts
    const plan = ledger.reserve({ ...this.#owner, values, isTrial: true }, leaseId)
    try {
      await ledger.write(plan)
    } catch (error) {
      ledger.remove(plan.id).catch(() => undefined)
      throw error
    }
    this.#items.set(leaseId, plan)
  }

  async made(token: AccessToken, values: FormValues, of: 'session' | 'lease' | string) {
    const reserved = this.#items.get(of)
    const isTrial = of !== 'session'
    const kind = isTrial ? 'lease' : 'session'
    const owner = { ...this.#owner, values, kind, ...(isTrial && { isTrial }) } as const
    const reservation = reserved?.kind === 'plan' ? reserved : null
    if (reservation) this.#items.delete(of)
    const held = await this.#parts.revoker.record(owner, token, reservation)
    this.#items.set(reservation ? of : token, held)
  }

  ended(what: string | AccessToken): void {
    const item = this.#items.get(what)
    this.#items.delete(what)
    if (item) this.#parts.revoker.markRevoked(item)
  }

  /** Runs the login, and revokes every token that it has made but its own, even if it fails. */
  async run(login: () => Promise<Login>): Promise<RecordedLogin> {
    let held: HeldToken | null = null
    try {
      const done = await login()
      const item = done.token && this.#items.get(done.token)
      if (done.token && item && isToken(item)) {
        held = item
        this.#items.delete(done.token)
      }
      return { login: done, held }
    } finally {
      const { ledger, revoker } = this.#parts
      const left = [...this.#items.values()].map((item) => ledger.markTrial(item))
      // Not awaited: a service that does not respond must not delay the result of the login.
      void revoker.revokeAll(left, 'background')
    }
  }
}
