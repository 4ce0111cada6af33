import { columnsOf } from './columns.ts'
import { printable, printableJson } from './print.ts'

/** As much of a writable stream as is written to; `process.stdout` is one. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Where results and words for the person go; a result never mixes with them. */
export interface Screen {
  readonly width: number
  /** One line of result on standard output, with nothing in it that could steer a terminal. */
  result(line: string): void
  /** An answer as JSON on standard output, with nothing in it that could steer a terminal. */
  json(answer: object): void
  /** The same on one line. */
  jsonLine(answer: object): void
  /** Text on standard output exactly as it is: tokens, headers, help. */
  raw(text: string): void
  /** One line for the person, on standard error. */
  note(line: string): void
  /** Aligned columns; the head stands out where colour is wanted, and there is none without rows. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void
}

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
      const [first = '', ...rest] = toLines([head, ...rows])
      raw(`${[bold(first), ...rest].join('\n')}\n`)
    },
  }
}

function toLines(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell))
    })
  }
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)))
      .join('  ')
      .trimEnd(),
  )
}
