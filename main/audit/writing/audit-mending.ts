import { closeSync, constants, existsSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { setAside } from '../../base/files/set-aside.ts'
import { isLine, LONGEST_LINE_BYTES, TAIL_BYTES } from '../audit-files.ts'

/**
 * Makes the record's newest file fit to be gone on with, so that opening it destroys nothing: a last
 * line that lacks only its end gets that, and so does what somebody else has begun; a line of ours that
 * was cut off is left for whoever opens it to cut. A file that ends in more than one line's worth of
 * what is no record is moved out of the way; then this returns its new path.
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
  // Nothing is written into it here, and who opens it refuses what is of another user.
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

/** What can be left of a line of ours: JSON on one line has no control character in it. */
function isBegunLine(text: string): boolean {
  const isLong = text.length > START.length
  return (isLong ? text.startsWith(START) : START.startsWith(text)) && !/\p{Cc}/u.test(text)
}
