import { Precedence } from '../base/async/precedence.ts'
import type { Clock } from '../base/clock.ts'
import { type Described, describe, isRefusal, type RecordedLine } from './reading/activity-words.ts'
import { type ActivityQuery, readActivity } from './reading/audit-reader.ts'
import type { AuditFile } from './writing/audit-file.ts'

interface ActivityPorts {
  readonly folder: string
  readonly file: Pick<AuditFile, 'last' | 'on'>
  readonly clock: Clock
}

/** A line of the record with its words. */
export interface ActivityLine extends RecordedLine, Described {
  /** What a person may want to look into. */
  readonly isRefusal: boolean
}

/** A part of the record, the newest line first. */
export interface ActivityPage {
  readonly lines: readonly ActivityLine[]
  /** Where it goes on; absent once the first line, or what was asked for, is reached. */
  readonly next?: string
}

/** The record for whoever reads it: in pages, by what is in it, and as it goes on. */
export class Activity {
  /** Who goes first while it is read. */
  readonly precedence: Precedence
  readonly #ports: ActivityPorts
  readonly #waiting = new Set<() => void>()
  #isClosed = false

  constructor(ports: ActivityPorts) {
    this.#ports = ports
    this.precedence = new Precedence(ports.clock)
  }

  /** The number of the newest line; 0 before there is one. */
  get last(): number {
    return this.#ports.file.last
  }

  /** A page of it; `readActivity` says what it rejects with. */
  async read(query: ActivityQuery, signal?: AbortSignal): Promise<ActivityPage> {
    const { folder, file, clock } = this.#ports
    // Before it is read: all up to here is there, and what comes meanwhile is no matter.
    const end = { seq: file.last + 1, at: clock.now() }
    const reading = { signal, end, precedence: this.precedence }
    const { lines, ...rest } = await readActivity(folder, query, reading)
    return {
      lines: lines.map((line) => ({ ...line, ...describe(line), isRefusal: isRefusal(line) })),
      ...rest,
    }
  }

  /** Told whenever lines are written; returns what ends that. */
  on(listener: () => void): () => void {
    return this.#ports.file.on(listener)
  }

  /**
   * Resolves once there is a line of a higher number than this, after `ms` at the latest, when the caller
   * has gone, and at the end.
   */
  async newer(after: number, ms: number, signal: AbortSignal): Promise<void> {
    const { file, clock } = this.#ports
    if (file.last > after || this.#isClosed || signal.aborted) return
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

  /** Nobody waits any more. */
  close(): void {
    this.#isClosed = true
    for (const go of [...this.#waiting]) go()
  }
}
