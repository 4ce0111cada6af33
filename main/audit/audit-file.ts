import { mkdirSync } from 'node:fs'
import { AppendFile } from '../base/append-file.ts'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { Audit, AuditEvent } from './audit.ts'
import { type AuditLimits, auditFiles, auditLimits, lastSequence, rotate } from './audit-files.ts'
import { createTimeText, toLine } from './audit-line.ts'

/** The record as JSON lines in a few files of bounded size. */
export class AuditFile implements Audit {
  readonly #file: AppendFile<AuditEvent>
  readonly #listeners = new Set<() => void>()

  /** Goes on where the files of this folder end; throws `record_unavailable` or `newer_version`. */
  constructor(folder: string, clock: Clock, limits: AuditLimits = auditLimits) {
    const files = auditFiles(folder, limits)
    const toTime = createTimeText()
    this.#file = new AppendFile({
      path: prepare(folder, files),
      durability: 'kernel',
      firstNumber: readSequence(files) + 1,
      toLine: (event, number) => toLine(event, number, toTime(event.at ?? clock.now())),
      clock,
      // A file may end one group over its size: a group is never split.
      beforeGroup: () => {
        if (this.#file.size < limits.fileBytes) return
        rotate(files)
        this.#file.reopen()
      },
      afterGroup: () => {
        for (const listener of this.#listeners) listener()
      },
    })
  }

  /** The number of the last line that was written; 0 before there is one. */
  get last(): number {
    return this.#file.nextNumber - 1
  }

  /** Told whenever lines are written; returns what ends that. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  record(event: AuditEvent): Promise<void> {
    return this.#file.append(event)
  }

  /** Writes what is waiting; after it nothing is recorded any more. */
  close(): Promise<void> {
    return this.#file.close()
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

function readSequence(files: readonly string[]): number {
  try {
    return lastSequence(files)
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw unavailable('The record', error)
  }
}

function unavailable(what: string, cause: unknown): TokentrayError {
  return new TokentrayError('record_unavailable', `${what} cannot be used.`, { cause })
}
