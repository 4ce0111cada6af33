import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { auditFiles, auditLimits } from '../../main/audit/audit-files.ts'
import { findDirectories } from '../../main/base/files/directories.ts'
import { type AgentProcess, startAgent } from './agent-process.ts'
import { addBenchTool } from './tool.ts'

const TOKENS = 3_000
/** Words of ours and a time: each line has to be parsed and put into words to be found or not. */
const DEAREST = 'handed 99:99'
/** A word that is in no line: the text alone is looked through. */
const PLAIN = 'nobodywrotethis'
/** At once, as by the window and by the command line. */
const SEARCHERS = 2

/** How long a caller waits for a warm token, in milliseconds. */
interface Waits {
  readonly name: string
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

/**
 * Measures what callers of tokens wait while the largest record that there can be is searched from its
 * newest line to its first, again and again, by two at once.
 */
export async function measureSearch(
  cli: string,
  folder: string,
  newAccount: (agent: AgentProcess) => Promise<void>,
  form: string,
): Promise<readonly Waits[]> {
  const home = path.join(folder, 'search')
  fillRecord(findDirectories({ TOKENTRAY_HOME: home }).data)
  const agent = startAgent(cli, home)
  try {
    const url = `${await agent.ready}/oauth/token`
    await newAccount(agent)
    const tool = await addBenchTool(agent, home, 'sftpgo/bench')
    const ask = () => tool.post(url, form)
    await waits('', ask)
    const alone = await waits('nobody searches', ask)
    const rows = [alone]
    for (const [name, words] of [
      ['search for a word', PLAIN],
      ['search that parses every line', DEAREST],
    ] as const) {
      let isOver = false
      const searchers = Array.from({ length: SEARCHERS }, async () => {
        while (!isOver) await agent.tokentray(['activity', '--search', words], '')
      })
      rows.push(await waits(name, ask))
      isOver = true
      await Promise.all(searchers)
    }
    return rows
  } finally {
    await agent.stop()
  }
}

/** As lines of the benchmark's table. */
export function describeSearch(rows: readonly Waits[]): string {
  const megabytes = (auditLimits.files * auditLimits.fileBytes) / 1_000_000
  return [
    `a warm token while a record of ${megabytes} MB is searched by ${SEARCHERS} at once (${TOKENS} tokens each)`,
    ...rows.map(
      ({ name, p50, p99, longest }) =>
        `  ${name.padEnd(30)} p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  longest ${longest.toFixed(1)} ms`,
    ),
  ].join('\n')
}

async function waits(name: string, ask: () => Promise<unknown>): Promise<Waits> {
  const took: number[] = []
  for (let count = 0; count < TOKENS; count += 1) {
    const startedAt = performance.now()
    await ask()
    took.push(performance.now() - startedAt)
  }
  const sorted = took.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { name, p50: at(0.5), p99: at(0.99), longest: at(1) }
}

/** As full as it gets, with the lines that there are most of. */
function fillRecord(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let seq = 0
  for (const file of auditFiles(folder).reverse()) {
    const lines: string[] = []
    for (let bytes = 0; bytes < auditLimits.fileBytes - 1_000; ) {
      seq += 1
      const line = JSON.stringify({
        ...{ seq, time: new Date(seq * 1_000).toISOString(), event: 'issue', route: 'oauth' },
        ...{ client: `tool-${seq % 50}`, account: `sftpgo/user${seq % 1_000}`, kind: 'shared' },
        ...{ lease: `lease-${seq}`, fingerprint: `print-${seq}`, reason: 'nightly backup' },
      })
      lines.push(line)
      bytes += line.length + 1
    }
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  }
}
