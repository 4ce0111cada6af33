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

/** How the record is split into files. */
export interface AuditLimits {
  readonly files: number
  readonly fileBytes: number
}

/** Limits the record on disk to about 50 MB. */
export const auditLimits: AuditLimits = { files: 5, fileBytes: 10_000_000 }

/** The record's files, newest first: `audit.jsonl`, `audit.1.jsonl` and so on. */
export function auditFiles(folder: string, { files }: AuditLimits = auditLimits): string[] {
  return Array.from({ length: files }, (_, age) =>
    path.join(folder, age === 0 ? 'audit.jsonl' : `audit.${age}.jsonl`),
  )
}

/**
 * Moves every file to the next older name, to free the first one; the oldest is deleted when there is no
 * room. Files after the first gap stay, so an interrupted rotation loses nothing.
 */
export function rotate(files: readonly string[]): void {
  const gap = files.findIndex((file) => !existsSync(file))
  const free = gap === -1 ? files.length - 1 : gap
  for (let age = free; age > 0; age -= 1) {
    const [older, younger] = [files[age], files[age - 1]]
    if (older && younger) renameSync(younger, older)
  }
}

/** No line is longer: it has few fields, and those from outside are truncated. */
export const LONGEST_LINE_BYTES = 65_536

/** How much of a file's end is read to find its last line: a foreign line may follow it. */
export const TAIL_BYTES = 2 * LONGEST_LINE_BYTES

/** True for a possible line number; they start at 1. */
export const isLineNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0

/** A line only states its version if it is not 1. */
const VERSION = 1

/**
 * The number of the last readable line; 0 if there is none. Throws `newer_version` if a newer Tokentray
 * wrote that line: this version cannot know what its lines mean or how to continue them.
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

/** The number as written in a line; text from outside cannot contain unescaped quotes. */
const NUMBER = /\{"seq":(\d{1,15}),"time":"/g

/** Longer than any match of `NUMBER`, which may span two chunks. */
const OVERLAP_BYTES = 100

/** The last line number that occurs in a file whose lines cannot be read; 0 if there is none. */
export function lastNumberIn(file: string): number {
  const step = TAIL_BYTES - OVERLAP_BYTES
  for (let end = statSync(file).size; end > 0; end -= step) {
    const number = [...readTail(file, end).matchAll(NUMBER)].at(-1)?.[1]
    if (number !== undefined) return Number(number)
  }
  return 0
}

function readTail(file: string, end = Number.POSITIVE_INFINITY): string {
  // Non-blocking: opening a pipe in its place would block forever.
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

/** True for a complete line of the record, of any version. */
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
    // Torn or foreign: the line before it decides.
    return null
  }
}
