import { createHmac, randomBytes } from 'node:crypto'
import type { Secrets } from '../../base/secret.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'

/** What was sent with a login, except the one-time code. */
export interface SentLogin {
  readonly provider: Pick<Provider, 'id'>
  readonly values: FormValues
  readonly secrets: Secrets
}

/** More than a user tries between a refusal and the login with a code. */
const MOST = 64

/**
 * Whether an account needs a one-time code. A successful login with a code does not prove that, because
 * services accept any code for accounts without a second factor; a refusal of the same login without a code
 * does. No request is made to find out, because services count refused logins.
 */
export class CodeRequirement {
  readonly #key = randomBytes(32)
  readonly #refused = new Set<string>()

  /** A login without a code was refused. Security: it is kept as a keyed hash, in memory only. */
  refused(login: SentLogin): void {
    this.#refused.add(this.#hash(login))
    const [oldest] = this.#refused
    if (oldest !== undefined && this.#refused.size > MOST) this.#refused.delete(oldest)
  }

  /** True if this login, which succeeded with a code, was refused without one. */
  isProvenBy(login: SentLogin): boolean {
    return this.#refused.has(this.#hash(login))
  }

  #hash({ provider, values, secrets }: SentLogin): string {
    const entries = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])
    const sent = [provider.id, Object.entries(values).sort(), entries.sort()]
    return createHmac('sha256', this.#key).update(JSON.stringify(sent)).digest('base64')
  }
}
