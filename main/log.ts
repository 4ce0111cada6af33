import { writeSync } from 'node:fs'
import pino from 'pino'
import { createLogFile } from './base/files/log-file.ts'
import type { Log } from './base/log.ts'
import { describeError } from './base/text/describe-error.ts'

const STDERR = 2
const NEWLINE = 0x0a

type WriteLine = (line: string) => void

/**
 * Logs JSON lines to standard error and, if a data folder is given, to its log file; `TOKENTRAY_LOG` sets the
 * level (default `warn`). Never throws or blocks: a log that cannot be written must not stop any work.
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
    // A full disk, or a full or closed pipe: there is nowhere left to report it.
  }
}

/**
 * Writes each line before returning, so that the last lines before an exit are not lost. Throws for a line
 * that cannot be written at once, for example to a full pipe: that line is lost.
 */
function createPrinter(): WriteLine {
  // Makes Node open a pipe in non-blocking mode.
  void process.stderr
  let isTorn = false
  return (line) => {
    const data = Buffer.from(isTorn ? `\n${line}` : line)
    const written = writeSync(STDERR, data)
    if (written > 0) isTorn = data[written - 1] !== NEWLINE
  }
}

/** Writes each line to the log file too; a failure is printed once. */
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

/** Replaces errors, which JSON prints as `{}`, by a description. */
function readable(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? describeError(value) : value,
    ]),
  )
}
