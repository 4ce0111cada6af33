import { writeSync } from 'node:fs'
import pino from 'pino'
import type { Log } from './base/log.ts'

const STDERR = 2
const NEWLINE = 0x0a

/**
 * Log lines as JSON on standard error; `TOKENTRAY_LOG` sets the level, `warn` unless given. Never
 * throws, and waits for no reader: a log that cannot be written must not keep anything from being done.
 */
export function createLog(env: Readonly<Record<string, string | undefined>>): Log {
  const levels = ['error', 'warn', 'info']
  const level = levels.find((known) => known === env['TOKENTRAY_LOG']) ?? 'warn'
  const logger = pino({ level, base: null }, { write: createLineWriter() })
  const write = (name: 'info' | 'warn' | 'error'): Log['info'] => {
    return (message, fields) => {
      try {
        logger[name](readable(fields), message)
      } catch {
        // A full disk, a full pipe, or nobody at the other end: there is no place to say so.
      }
    }
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

/**
 * Writes each line before it returns, so that the last words before an end are not lost. Throws for one
 * that cannot be written at once, as into a pipe that is full because nobody reads it: that one is lost.
 */
function createLineWriter(): (line: string) => void {
  // Node opens a pipe so that a write into it fails where it would have to wait.
  void process.stderr
  let isTorn = false
  return (line) => {
    const data = Buffer.from(isTorn ? `\n${line}` : line)
    const written = writeSync(STDERR, data)
    if (written > 0) isTorn = data[written - 1] !== NEWLINE
  }
}

/** Errors print as nothing in JSON; their name, code, message and place are what is wanted. */
function readable(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? describe(value) : value,
    ]),
  )
}

function describe(error: Error): Record<string, unknown> {
  const { name, message, stack } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    code,
    message,
    at: stack
      ?.split('\n')
      .slice(1, 4)
      .map((line) => line.trim()),
  }
}
