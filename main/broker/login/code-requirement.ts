import { createHmac, randomBytes } from 'node:crypto'
import type { Secrets } from '../../base/secret.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'

/** What was sent with a login, besides a one-time code. */
export interface SentLogin {
  readonly provider: Pick<Provider, 'id'>
  readonly values: FormValues
  readonly secrets: Secrets
}

/** More than a person tries between a refusal and the login with a code. */
const MOST = 64

/**
 * Whether an account needs a one-time code. That a login with one succeeds does not show it, as services take
 * any code from who has no second factor; that the same login without one was refused does. Nothing is sent
 * to find out, because each refused login counts at the service.
 */
export class CodeRequirement {
  readonly #key = randomBytes(32)
  readonly #refused = new Set<string>()

  /** A login without a code was refused. Security: it is remembered as a keyed hash, and in memory alone. */
  refused(login: SentLogin): void {
    this.#refused.add(this.#hash(login))
    const [oldest] = this.#refused
    if (oldest !== undefined && this.#refused.size > MOST) this.#refused.delete(oldest)
  }

  /** True where this login, which has succeeded with a code, was refused without one. */
  isProvenBy(login: SentLogin): boolean {
    return this.#refused.has(this.#hash(login))
  }

  #hash({ provider, values, secrets }: SentLogin): string {
    const entries = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])
    const sent = [provider.id, Object.entries(values).sort(), entries.sort()]
    return createHmac('sha256', this.#key).update(JSON.stringify(sent)).digest('base64')
  }
}
