import type { AuditEvent } from '../../audit/audit.ts'
import type { Clock } from '../../base/clock.ts'
import type { Recorder } from './recorder.ts'

interface RejectedRequestsPorts {
  readonly recorder: Recorder
  readonly clock: Clock
}

/** A request that was rejected before any token was considered. */
export interface RejectedRequest
  extends Pick<AuditEvent, 'client' | 'account' | 'accountUid' | 'route' | 'cause'> {
  readonly code: 'invalid_client' | 'invalid_target'
}

const PAUSE_MS = 60_000
/** More tools and accounts than a user has; bounds the memory. */
const MOST_KINDS = 1_000

/**
 * Records rejections that can be caused without a secret, and any number of times: one line per minute for
 * each tool, account, code, cause and route, with the number of rejections since the line before.
 */
export class RejectedRequests {
  readonly #ports: RejectedRequestsPorts
  /** By kind: when the last line was written, by the monotonic clock, and how many followed. */
  readonly #kinds = new Map<string, { at: number; more: number }>()

  constructor(ports: RejectedRequestsPorts) {
    this.#ports = ports
  }

  /** Records it, or counts it for the next line of its kind. Never rejects. */
  note(event: RejectedRequest): void {
    const { recorder, clock } = this.#ports
    const now = clock.monotonic()
    const kind = JSON.stringify([event.code, event.route, event.client, event.account, event.cause])
    const last = this.#kinds.get(kind)
    if (last && now - last.at < PAUSE_MS) {
      last.more += 1
      return
    }
    if (!last && this.#kinds.size >= MOST_KINDS) this.#forgetOld(now)
    if (!last && this.#kinds.size >= MOST_KINDS) return
    this.#kinds.set(kind, { at: now, more: 0 })
    const reason = last && last.more > 0 ? `${last.more} more since the line before` : undefined
    recorder.note({ event: 'refuse', ...event, ...(reason !== undefined && { reason }) })
  }

  #forgetOld(now: number): void {
    for (const [kind, { at }] of this.#kinds) if (now - at >= PAUSE_MS) this.#kinds.delete(kind)
  }
}
