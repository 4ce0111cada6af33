import { createHash } from 'node:crypto'
import type { RecordedRequest, SimulatedAnswer } from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

const KEPT_MS = 12 * 3_600_000

interface StoredResponse {
  readonly answer: SimulatedAnswer
  readonly at: number
}

/** Successful responses by `idempotency-key`, caller and path. The body plays no part. */
export class SvixIdempotency {
  readonly #clock: SimulatorClock
  readonly #kept = new Map<string, StoredResponse>()

  constructor(clock: SimulatorClock) {
    this.#clock = clock
  }

  /** The earlier response, or a new one. */
  run(request: RecordedRequest, serve: () => SimulatedAnswer): SimulatedAnswer {
    const { method, path, headers } = request
    const key = headers['idempotency-key']
    if (method !== 'POST' || !key) return serve()
    const hash = createHash('sha256')
      .update(JSON.stringify([headers['authorization'] ?? '', key, path]))
      .digest('hex')
    const kept = this.#kept.get(hash)
    if (kept && this.#clock.now() < kept.at + KEPT_MS) return kept.answer
    const answer = serve()
    // A failure is not stored, so that the next attempt is served.
    if (answer.status < 300) this.#kept.set(hash, { answer, at: this.#clock.now() })
    return answer
  }
}
