import { writeSync } from 'node:fs'
import pino from 'pino'
import { createLogFile } from './base/files/log-file.ts'
import type { Log } from './base/log.ts'
import { describeError } from './base/text/describe-error.ts'

const STDERR = 2
const NEWLINE = 0x0a

type WriteLine = (line: string) => void

/**
 * Log lines as JSON on standard error, and in the log file of a data folder where one is given;
 * `TOKENTRAY_LOG` sets the level, `warn` unless given. Never throws, and waits for no reader: a log that
 * cannot be written must not keep anything from being done.
 */
export function createLog(env: Readonly<Record<string, string | undefined>>, folder?: string): Log {
  const levels = ['error', 'warn', 'info']
  const level = levels.find((known) => known === env['TOKENTRAY_LOG']) ?? 'warn'
  const print = createPrinter()
  const keep = folder === undefined ? () => undefined : createKeeper(folder, print)
  const logger = pino(
    {
      ...{ level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line) => {
        attempt(() => print(line))
        keep(line)
      },
    },
  )
  const write = (name: 'info' | 'warn' | 'error'): Log['info'] => {
    return (message, fields) => attempt(() => logger[name](readable(fields), message))
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // A full disk, a full pipe, or nobody at the other end: there is no place to say so.
  }
}

/**
 * Writes each line before it returns, so that the last words before an end are not lost. Throws for one
 * that cannot be written at once, as into a pipe that is full because nobody reads it: that one is lost.
 */
function createPrinter(): WriteLine {
  // Node opens a pipe so that a write into it fails where it would have to wait.
  void process.stderr
  let isTorn = false
  return (line) => {
    const data = Buffer.from(isTorn ? `\n${line}` : line)
    const written = writeSync(STDERR, data)
    if (written > 0) isTorn = data[written - 1] !== NEWLINE
  }
}

/** Writes each line into the log file as well; why it cannot be is printed, once. */
function createKeeper(folder: string, print: WriteLine): WriteLine {
  const write = createLogFile(folder)
  let isSaid = false
  return (line) => {
    try {
      write(line)
    } catch (error) {
      if (isSaid) return
      isSaid = true
      const reason = error instanceof Error ? error.message : ''
      attempt(() => print(`${JSON.stringify({ msg: 'the log file cannot be written', reason })}\n`))
    }
  }
}

/** Errors print as nothing in JSON. */
function readable(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? describeError(value) : value,
    ]),
  )
}
