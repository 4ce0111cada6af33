import { Precedence } from '../base/async/precedence.ts'
import type { Clock } from '../base/clock.ts'
import { type Described, describe, isRefusal, type RecordedLine } from './reading/activity-words.ts'
import { type ActivityQuery, readActivity } from './reading/audit-reader.ts'
import { type RecordedUses, readLastUses } from './reading/recorded-uses.ts'
import type { AuditFile } from './writing/audit-file.ts'

interface ActivityPorts {
  readonly folder: string
  readonly file: Pick<AuditFile, 'last' | 'on'>
  readonly clock: Clock
}

/** A recorded line with its description. */
export interface ActivityLine extends RecordedLine, Described {
  /** True for events the user may want to look into. */
  readonly isRefusal: boolean
}

/** A part of the record, newest line first. */
export interface ActivityPage {
  readonly lines: readonly ActivityLine[]
  /** Where the next page starts; absent once the first line, or the limit of the query, is reached. */
  readonly next?: string
}

/** Reads the record in pages, filters it, and follows it as it grows. */
export class Activity {
  /** Who takes priority over a read. */
  readonly precedence: Precedence
  readonly #ports: ActivityPorts
  readonly #waiting = new Set<() => void>()
  readonly #closing = new AbortController()

  constructor(ports: ActivityPorts) {
    this.#ports = ports
    this.precedence = new Precedence(ports.clock)
  }

  /** The number of the newest line; 0 if there is none. */
  get last(): number {
    return this.#ports.file.last
  }

  /** Reads a page; rejects as `readActivity` does. */
  async read(query: ActivityQuery, signal?: AbortSignal): Promise<ActivityPage> {
    const { folder, file, clock } = this.#ports
    // Taken before the read: every line up to here exists, and later lines do not matter.
    const end = { seq: file.last + 1, at: clock.now() }
    const reading = { signal, end, precedence: this.precedence }
    const { lines, ...rest } = await readActivity(folder, query, reading)
    return {
      lines: lines.map((line) => ({ ...line, ...describe(line), isRefusal: isRefusal(line) })),
      ...rest,
    }
  }

  /** When accounts and clients last got something, as `readLastUses` finds it until `close`. */
  lastUses(): Promise<RecordedUses> {
    const { signal } = this.#closing
    return readLastUses(this.#ports.folder, { signal, precedence: this.precedence })
  }

  /** Calls `listener` whenever lines are written; returns a function that unsubscribes. */
  on(listener: () => void): () => void {
    return this.#ports.file.on(listener)
  }

  /** Resolves once a line with a higher number exists, after `ms`, when `signal` fires, or on close. */
  async newer(after: number, ms: number, signal: AbortSignal): Promise<void> {
    const { file, clock } = this.#ports
    if (file.last > after || this.#closing.signal.aborted || signal.aborted) return
    await new Promise<void>((resolve) => {
      const go = () => {
        cancel()
        unsubscribe()
        signal.removeEventListener('abort', go)
        this.#waiting.delete(go)
        resolve()
      }
      const cancel = clock.after(ms, go)
      const unsubscribe = file.on(() => void (file.last > after && go()))
      signal.addEventListener('abort', go)
      this.#waiting.add(go)
    })
  }

  /** Releases everyone who waits in `newer`, and ends `lastUses`. */
  close(): void {
    this.#closing.abort()
    for (const go of [...this.#waiting]) go()
  }
}
