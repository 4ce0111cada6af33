import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import { refuseLink, requireRegularFile } from '../base/files/links.ts'
import { newerVersionError } from '../base/version.ts'

/** How the record is cut into files. */
export interface AuditLimits {
  readonly files: number
  readonly fileBytes: number
}

/** What the record takes on disk at most: about 50 MB. */
export const auditLimits: AuditLimits = { files: 5, fileBytes: 10_000_000 }

/** The record's files, newest first: `audit.jsonl`, `audit.1.jsonl` and so on. */
export function auditFiles(folder: string, { files }: AuditLimits = auditLimits): string[] {
  return Array.from({ length: files }, (_, age) =>
    path.join(folder, age === 0 ? 'audit.jsonl' : `audit.${age}.jsonl`),
  )
}

/**
 * Makes every file one older, so that the first name is free; the oldest goes when there is no room.
 * Only files up to the first gap move: a rotation that was cut off half-way loses nothing.
 */
export function rotate(files: readonly string[]): void {
  const gap = files.findIndex((file) => !existsSync(file))
  const free = gap === -1 ? files.length - 1 : gap
  for (let age = free; age > 0; age -= 1) {
    const [older, younger] = [files[age], files[age - 1]]
    if (older && younger) renameSync(younger, older)
  }
}

/** No line is longer: it has few fields, and those from outside are cut. */
export const LONGEST_LINE_BYTES = 65_536

/** So much of a file's end tells how it goes on: something that is no line of ours may stand there. */
export const TAIL_BYTES = 2 * LONGEST_LINE_BYTES

/** True for what a line of ours may have as its number: they begin with 1. */
export const isLineNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0

/** A line says its version only where that is not 1. */
const VERSION = 1

/**
 * The number of the last line that can be read; 0 when there is none. Throws `newer_version` where
 * that line is of a newer Tokentray: what its lines mean, and how they go on, this one cannot know.
 */
export function lastSequence(files: readonly string[]): number {
  for (const file of files) {
    refuseLink(file)
    requireRegularFile(file)
    if (!existsSync(file)) continue
    for (const line of readTail(file).split('\n').reverse()) {
      const last = parseLine(line)
      if (last && last.version > VERSION) throw newerVersionError(file)
      if (last) return last.sequence
    }
  }
  return 0
}

/** As it stands in a line; texts from outside cannot have bare quotes. */
const NUMBER = /\{"seq":(\d{1,15}),"time":"/g

/** Longer than what `NUMBER` finds, which may stand across two pieces. */
const OVERLAP_BYTES = 100

/** The last number that stands in a file whose lines cannot be read; 0 without one. */
export function lastNumberIn(file: string): number {
  const step = TAIL_BYTES - OVERLAP_BYTES
  for (let end = statSync(file).size; end > 0; end -= step) {
    const number = [...readTail(file, end).matchAll(NUMBER)].at(-1)?.[1]
    if (number !== undefined) return Number(number)
  }
  return 0
}

function readTail(file: string, end = Number.POSITIVE_INFINITY): string {
  // Without waiting: a pipe that somebody put there would be waited for without end.
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = fstatSync(fd)
    if (!found.isFile()) throw new Error(`${file} is not a file.`)
    const size = Math.min(found.size, end)
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES))
    const length = readSync(fd, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(fd)
  }
}

/** True for a whole line of the record, of whatever version. */
export const isLine = (text: string): boolean => parseLine(text) !== null

function parseLine(line: string): { readonly sequence: number; readonly version: number } | null {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    const { seq, v = VERSION } = value as { readonly seq?: unknown; readonly v?: unknown }
    if (typeof v !== 'number') return null
    if (v > VERSION) return { sequence: 0, version: v }
    return isLineNumber(seq) ? { sequence: seq, version: v } : null
  } catch {
    // Torn or not ours: the line before it decides.
    return null
  }
}
