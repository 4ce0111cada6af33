import { closeSync, constants, existsSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { setAside } from '../../base/files/set-aside.ts'
import { isLine, LONGEST_LINE_BYTES, TAIL_BYTES } from '../audit-files.ts'

/**
 * Prepares the record's newest file for appending without destroying anything. A last line that lacks only
 * its newline gets one, and so does a foreign one; a truncated line of the record is left for the code that
 * opens the file to cut off. A file whose end holds more than one line's worth of foreign content is moved
 * aside; its new path is returned.
 */
export function mendRecord(file: string, clock: Clock): string | null {
  if (!existsSync(file)) return null
  const fd = openSync(file, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0))
  try {
    const state = judge(fd)
    if (state === 'broken') return setAside(file, clock)
    if (state === 'open') writeSync(fd, '\n')
    return null
  } finally {
    closeSync(fd)
  }
}

function judge(fd: number): 'good' | 'open' | 'broken' {
  const { size, uid } = fstatSync(fd)
  // Nothing is written to it here; opening it rejects a file of another user.
  if (size === 0 || uid !== (process.getuid?.() ?? uid)) return 'good'
  const start = Math.max(size - TAIL_BYTES, 0)
  const buffer = Buffer.alloc(size - start)
  const text = buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start))
  // Blank lines hold nothing that could be lost.
  if (start === 0 && text.trim() === '') return text.endsWith('\n') ? 'good' : 'open'
  const lines = text.split('\n')
  const last = lines.at(-1) ?? ''
  if (isLine(last)) return 'open'
  const isCutOff = isBegunLine(last)
  const isRecord = lines.some(isLine) || (isCutOff && start === 0 && lines.length === 1)
  if (!isRecord || last.length > LONGEST_LINE_BYTES) return 'broken'
  return last === '' || isCutOff ? 'good' : 'open'
}

const START = '{"seq":'

/** True for what may be left of a line of the record: JSON on one line contains no control characters. */
function isBegunLine(text: string): boolean {
  const isLong = text.length > START.length
  return (isLong ? text.startsWith(START) : START.startsWith(text)) && !/\p{Cc}/u.test(text)
}
