import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { AppendFile } from '../../base/files/append-file.ts'
import { setAsideCopies } from '../../base/files/set-aside.ts'
import type { Audit, AuditEvent } from '../audit.ts'
import {
  type AuditLimits,
  auditFiles,
  auditLimits,
  lastNumberIn,
  lastSequence,
  rotate,
} from '../audit-files.ts'
import { createTimeText, toLine } from './audit-line.ts'
import { mendRecord } from './audit-mending.ts'

/** The record as JSON lines in a few files of limited size. */
export class AuditFile implements Audit {
  /** What the user must be told about the state in which the record was found. */
  readonly notices: readonly string[]
  readonly #file: AppendFile<AuditEvent>
  readonly #listeners = new Set<() => void>()
  readonly #files: readonly string[]
  readonly #clock: Clock
  readonly #limits: AuditLimits
  /** Why the next line does not follow the last one; `null` if it does. */
  #broken: string | null = null

  /** Continues where the files of this folder end; throws `record_unavailable` or `newer_version`. */
  constructor(folder: string, clock: Clock, limits: AuditLimits = auditLimits) {
    this.#files = auditFiles(folder, limits)
    this.#clock = clock
    this.#limits = limits
    const place = prepare(folder, this.#files)
    const toTime = createTimeText()
    const kept = guarded(() => setAsideCopies(place))
    const { firstNumber, aside } = this.#prepareFile()
    this.notices = [
      ...(aside === null ? [] : [keptAside(place, aside)]),
      ...kept.map(stillSetAside),
    ]
    this.#file = new AppendFile({
      path: place,
      durability: 'kernel',
      firstNumber,
      toLine: (event, number) => toLine(event, number, toTime(event.at ?? clock.now())),
      clock,
      beforeGroup: () => this.#beforeGroup(),
      afterGroup: () => {
        this.#broken = null
        for (const listener of this.#listeners) listener()
      },
    })
  }

  /** The number of the last line written; 0 if there is none. */
  get last(): number {
    return this.#file.nextNumber - 1
  }

  /** Calls the listener whenever lines are written; returns a function that unsubscribes. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  record(event: AuditEvent): Promise<void> {
    return this.#file.append(event)
  }

  /** Writes what is queued; nothing is recorded after it. */
  close(): Promise<void> {
    return this.#file.close()
  }

  /** Checks the file before each group: lines in a deleted file would be lost. */
  #beforeGroup(): readonly AuditEvent[] {
    const found = this.#file.look()
    if (found === 'gone') {
      this.#broken = 'Its file was removed or replaced while Tokentray ran.'
      this.#file.reopen(this.#prepareFile().firstNumber)
    } else if (found === 'cut') {
      this.#broken = 'Its file was cut while Tokentray ran.'
    }
    // A file may exceed its size by one group, because a group is never split.
    if (this.#file.size >= this.#limits.fileBytes) {
      rotate(this.#files)
      this.#file.reopen()
    }
    if (this.#broken === null) return []
    return [{ event: 'record_resumed', reason: this.#broken, route: 'broker' }]
  }

  /**
   * Prepares the newest file for appending; returns where it was set aside, if it was, and the next number.
   */
  #prepareFile(): { readonly firstNumber: number; readonly aside: string | null } {
    return guarded(() => {
      const [newest = ''] = this.#files
      const last = lastSequence(this.#files)
      const aside = mendRecord(newest, this.#clock)
      if (aside === null) return { firstNumber: last + 1, aside }
      this.#broken = `Its file could not be read, and was kept as ${path.basename(aside)}.`
      return { firstNumber: Math.max(last, lastNumberIn(aside)) + 1, aside }
    })
  }
}

function prepare(folder: string, files: readonly string[]): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw unavailable(folder, error)
  }
  const [newest] = files
  if (!newest) throw new TokentrayError('server_error', 'The record has no file.')
  return newest
}

function guarded<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw unavailable('The record', error)
  }
}

function keptAside(file: string, aside: string): string {
  return `The record in ${file} could not be read. The file was kept as ${aside}, and a new one was started.`
}

function stillSetAside(aside: string): string {
  return `An unreadable part of the record is kept as ${aside}. Delete that file when you no longer need it.`
}

function unavailable(what: string, cause: unknown): TokentrayError {
  return new TokentrayError('record_unavailable', `${what} cannot be used.`, { cause })
}
