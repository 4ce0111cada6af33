import pino from 'pino'
import type { Log } from './base/log.ts'

/**
 * Log lines as JSON on standard error; `TOKENTRAY_LOG` sets the level, `warn` unless given. Never
 * throws: a log that cannot be written must not keep anything from being done.
 */
export function createLog(env: Readonly<Record<string, string | undefined>>): Log {
  const levels = ['error', 'warn', 'info']
  const level = levels.find((known) => known === env['TOKENTRAY_LOG']) ?? 'warn'
  // Synchronous, so that the last words before an end are not lost.
  const logger = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }))
  const write = (name: 'info' | 'warn' | 'error'): Log['info'] => {
    return (message, fields) => {
      try {
        logger[name](readable(fields), message)
      } catch {
        // A full disk, or nobody at the other end: there is no place to say so.
      }
    }
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
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
