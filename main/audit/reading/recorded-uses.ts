import type { Precedence } from '../../base/async/precedence.ts'
import { auditFiles } from '../audit-files.ts'
import { linesBackwards } from '../lines-backwards.ts'
import { parseLine } from './recorded-line.ts'

/** When accounts (by uid) and clients (by name) last got a token or a link, epoch milliseconds. */
export interface RecordedUses {
  readonly accounts: ReadonlyMap<string, number>
  readonly clients: ReadonlyMap<string, number>
}

/** What hands something out. */
const USES: ReadonlySet<string> = new Set(['issue', 'portal'])

/** A few days of busy use: what is older is not worth reading all of the record at each start. */
const MOST_LINES = 20_000

/**
 * The last uses that the newest lines of the record tell of; yields to requests while it reads. Ends early
 * with what it has found once the signal fires. Rejects with `record_unavailable` if a file cannot be read.
 */
export async function readLastUses(
  folder: string,
  { signal, precedence }: { readonly signal: AbortSignal; readonly precedence: Precedence },
): Promise<RecordedUses> {
  const accounts = new Map<string, number>()
  const clients = new Map<string, number>()
  const pieces = precedence.pieces()
  let left = MOST_LINES
  for await (const { text } of linesBackwards(auditFiles(folder), null)) {
    if (pieces.isOver) await pieces.next()
    left -= 1
    if (left < 0 || signal.aborted) break
    const line = parseLine(text)
    if (!line || !USES.has(line.event)) continue
    // Newest first: the first one found of each is its last use.
    keepFirst(accounts, line.accountUid, line.at)
    keepFirst(clients, line.client, line.at)
  }
  return { accounts, clients }
}

function keepFirst(known: Map<string, number>, key: string | undefined, at: number): void {
  if (key !== undefined && !known.has(key)) known.set(key, at)
}
