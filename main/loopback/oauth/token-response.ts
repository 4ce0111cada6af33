import { Secret } from '../../base/secret.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { Issued } from '../../broker/lease/token-issuer.ts'
import type { TokenAnswer } from '../schemas/wire.ts'

interface Prepared {
  readonly accountId: string
  /** The JSON of the response up to the members that change from call to call. */
  readonly start: Secret
}

/**
 * Builds the only body that contains a token. Most of it stays the same for the life of a lease and is
 * built once.
 */
export class TokenAnswers {
  readonly #prepared = new WeakMap<Lease, Prepared>()

  /** The JSON of a `TokenAnswer`. */
  toBody({ lease, accountId, minValidityMet }: Issued): string {
    let known = this.#prepared.get(lease)
    if (known?.accountId !== accountId) {
      known = { accountId, start: prepare(lease, accountId) }
      this.#prepared.set(lease, known)
    }
    const expiresIn = Math.max(0, Math.floor(lease.lifetime.remainingMs / 1_000))
    return `${known.start.reveal()},"expires_in":${expiresIn},"min_validity_met":${minValidityMet}}`
  }
}

function prepare(lease: Lease, accountId: string): Secret {
  const { token } = lease.held
  const answer: Omit<TokenAnswer, 'expires_in' | 'min_validity_met'> = {
    access_token: token.value.reveal(),
    token_type: token.tokenType,
    headers: Object.fromEntries(
      Object.entries(token.headers).map(([name, value]) => [name, value.reveal()]),
    ),
    lease_id: lease.id,
    account: accountId,
  }
  return new Secret(JSON.stringify(answer).slice(0, -1))
}
