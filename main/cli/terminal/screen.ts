import { columnsOf, wrapLines } from './columns.ts'
import { printable, printableJson } from './print.ts'

/** The part of a writable stream that is used; `process.stdout` is one. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Where results (standard output) and notes to the user (standard error) go. */
export interface Screen {
  readonly width: number
  /** Writes one line of the result, made safe for a terminal. */
  result(line: string): void
  /** Writes the result as JSON, made safe for a terminal. */
  json(answer: object): void
  /** Writes it as JSON on one line. */
  jsonLine(answer: object): void
  /** Writes text to standard output unchanged: tokens, headers, help. */
  raw(text: string): void
  /** Writes one line for the user to standard error. */
  note(line: string): void
  /** Writes aligned columns, with the head in bold if colour is wanted; nothing without rows. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void
}

const GAP = '  '

type Environment = Readonly<Record<string, string | undefined>>

/** Colour only on a terminal, and never with `NO_COLOR` set to anything (no-color.org) or `TERM=dumb`. */
export function createScreen(stdout: OutputStream, stderr: OutputStream, env: Environment): Screen {
  const colour = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[22m` : text)
  const raw = (text: string) => void stdout.write(text)
  return {
    width: stdout.columns ?? 80,
    raw,
    result: (line) => raw(`${printable(line)}\n`),
    json: (answer) => raw(`${printableJson(answer)}\n`),
    jsonLine: (answer) => raw(`${printableJson(answer, 0)}\n`),
    note: (line) => void stderr.write(`${printable(line)}\n`),
    table(head, rows) {
      if (rows.length === 0) return
      // A file or another program gets a row on each line.
      const width = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
      const [first = '', ...rest] = toLines([head, ...rows], width)
      raw(`${[bold(first), ...rest].join('\n')}\n`)
    },
  }
}

/** The least width in which words of the last column are readable. */
const NARROWEST = 12

/**
 * Aligned lines; the last column is broken between words where it is wider than the terminal, and stands below the
 * others where these leave it no room.
 */
function toLines(rows: readonly (readonly string[])[], width: number): string[] {
  const cells = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell))
    })
  }
  const beside = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0)
  const isBelow = beside + (widths.at(-1) ?? 0) > width && width - beside < NARROWEST
  const start = isBelow ? GAP.length : beside
  return cells.flatMap((row) => {
    const before = row
      .slice(0, -1)
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)) + GAP)
      .join('')
    const last = wrapLines(row.at(-1) ?? '', width - start).split('\n')
    const [first = '', ...rest] = isBelow ? ['', ...last] : last
    return [(before + first).trimEnd(), ...rest.map((each) => ' '.repeat(start) + each)]
  })
}
