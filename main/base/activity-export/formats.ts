import path from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { TokentrayError } from '../errors.ts'

/** The members of a line that are written into columns as they are, if it has them. */
const texts = [
  ...(['what', 'who', 'detail', 'event', 'client', 'account', 'account_uid', 'lease'] as const),
  ...(['reason', 'host', 'route', 'at_service', 'code', 'cause', 'setting', 'from', 'to'] as const),
]

/** A line of the record as the endpoint describes it. */
export type ExportedLine = Readonly<
  Partial<Record<(typeof texts)[number], string | undefined>> & {
    seq?: number | undefined
    /** Epoch seconds. */
    at: number
    refused?: true | undefined
    /** Only where lines are missing or out of order. */
    numbers?: { readonly from: number; readonly to: number } | undefined
  }
>

/** How lines are written into a file. */
export interface ActivityFormat {
  /** What comes before the first line. */
  readonly head: string
  readonly toText: (lines: readonly ExportedLine[]) => string
}

const FORMATS: ReadonlyMap<string, ActivityFormat> = new Map([
  [
    '.csv',
    {
      // Excel reads a file without the mark as one of the system's old character set.
      head: `\ufeff${toRows([['seq', 'time_utc', ...texts, 'refused', 'numbers_from', 'numbers_to']])}`,
      toText: (lines) => toRows(lines.map(toCells)),
    },
  ],
  [
    '.jsonl',
    { head: '', toText: (lines) => lines.map((line) => `${JSON.stringify(line)}\n`).join('') },
  ],
])

/** The format that a file's name asks for; throws `invalid_request` for any other name. */
export function toActivityFormat(file: string): ActivityFormat {
  const format = FORMATS.get(path.extname(file).toLowerCase())
  if (format) return format
  throw new TokentrayError('invalid_request', 'The file name decides the format of the export.', {
    hint: 'End it with .csv for a spreadsheet, or with .jsonl for one JSON object per line.',
  })
}

/** Rows as in RFC 4180. Security: a reason such as `=cmd()` comes from a tool, and a spreadsheet must not run it. */
function toRows(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { record_delimiter: 'windows', escape_formulas: true })
}

function toCells(line: ExportedLine): string[] {
  const { seq, at, refused, numbers } = line
  return [
    String(seq ?? ''),
    // As spreadsheets recognize it, and sort it.
    new Date(at * 1_000).toISOString().slice(0, 19).replace('T', ' '),
    ...texts.map((name) => line[name] ?? ''),
    refused ? 'yes' : '',
    String(numbers?.from ?? ''),
    String(numbers?.to ?? ''),
  ]
}
