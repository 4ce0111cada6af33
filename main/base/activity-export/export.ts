import { type NewestFirst, oldestFirst } from '../async/oldest-first.ts'
import type { Pieces } from '../async/precedence.ts'
import { writeChosenFile } from '../files/chosen-file.ts'
import { type ActivityFormat, type ExportedLine, toActivityFormat } from './formats.ts'

/** What was exported. */
export interface ExportedActivity {
  readonly lines: number
  /** In how many places lines are missing or out of order; the file says where. */
  readonly gaps: number
}

interface Export {
  /** Reads a page of the record, newest line first. */
  readonly read: (before?: string) => Promise<NewestFirst<ExportedLine>>
  /** Replace an existing file. */
  readonly replace: boolean
  /** Where requests are served in the meantime: the turns of the work. */
  readonly pieces?: Pieces
}

/** Lines that are formatted without giving requests a turn: about a quarter of a millisecond. */
const BATCH_LINES = 10

/**
 * Writes lines of the record to a file, oldest first, in the format of the file's name. Rejects with
 * `invalid_request` for a name without a format, and as `writeChosenFile` and `read` do; then there is no file,
 * or the old one.
 */
export async function exportActivity(
  file: string,
  { read, replace, pieces }: Export,
): Promise<ExportedActivity> {
  const format = toActivityFormat(file)
  const counts = { lines: 0, gaps: 0 }
  async function* texts() {
    yield format.head
    for await (const lines of oldestFirst(read)) {
      const gaps = lines.filter(({ numbers }) => numbers !== undefined).length
      counts.gaps += gaps
      counts.lines += lines.length - gaps
      yield await toText(lines, format, pieces)
    }
  }
  await writeChosenFile(file, texts(), { replace })
  return counts
}

async function toText(
  lines: readonly ExportedLine[],
  format: ActivityFormat,
  pieces: Pieces | undefined,
): Promise<string> {
  let text = ''
  for (let from = 0; from < lines.length; from += BATCH_LINES) {
    if (pieces?.isOver) await pieces.next()
    text += format.toText(lines.slice(from, from + BATCH_LINES))
  }
  return text
}
