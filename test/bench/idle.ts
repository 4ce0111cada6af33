import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findDirectories } from '../../main/base/directories.ts'
import { defaultSettings } from '../../main/settings/schema.ts'
import { serialize } from '../../main/settings/stored-settings.ts'
import { startAgent } from '../demo/agent-process.ts'

/** How many accounts there are in the rows of the table. */
export const ACCOUNTS: readonly number[] = [0, 5, 250, 1_000]
/** The start is not what is measured, nor the garbage of it, which V8 collects up to two minutes later. */
const SETTLE_MS = 120_000
const MEASURE_MS = 120_000
const HOUR_MS = 3_600_000

/** What a process costs that has nothing to do. */
export interface IdleCost {
  readonly name: string
  readonly cpuSecondsPerHour: number
  /** How often one of its threads has gone to sleep, and so been woken. */
  readonly wakeUpsPerHour: number
}

/**
 * Measures what agents with so many accounts cost while nobody asks anything, and a bare server beside
 * them, all at the same time. Takes some minutes; `null` where there is no /proc.
 */
export async function measureIdle(
  cli: string,
  bareServer: string,
  folder: string,
): Promise<readonly IdleCost[] | null> {
  if (process.platform !== 'linux') return null
  const bare = await startBare(bareServer)
  const agents = ACCOUNTS.map((count) => {
    const home = path.join(folder, `idle-${count}`)
    writeAccounts(home, count)
    return { count, home, agent: startAgent(cli, home) }
  })
  try {
    await Promise.all(agents.map(({ agent }) => agent.ready))
    const watched = [
      { name: 'bare server', pid: bare.pid ?? 0 },
      ...agents.map(({ count, home }) => ({ name: `agent, ${count} accounts`, pid: pidOf(home) })),
    ]
    await wait(SETTLE_MS)
    return await measure(
      watched.map(({ name, pid }) => ({ name, pids: [pid] })),
      MEASURE_MS,
    )
  } finally {
    bare.kill()
    await Promise.all(agents.map(({ agent }) => agent.stop()))
  }
}

/** Measures some processes, of which each name may have several, for so long and all at the same time. */
export async function measure(
  watched: readonly { readonly name: string; readonly pids: readonly number[] }[],
  ms: number,
): Promise<readonly IdleCost[]> {
  const before = watched.map(({ pids }) => pids.map(sample))
  const startedAt = performance.now()
  await wait(ms)
  const perHour = HOUR_MS / (performance.now() - startedAt)
  return watched.map(({ name, pids }, index) => {
    const sum = { cpuNs: 0, switches: 0 }
    for (const [at, pid] of pids.entries()) {
      const [now, then] = [sample(pid), before[index]?.[at]]
      sum.cpuNs += now.cpuNs - (then?.cpuNs ?? now.cpuNs)
      sum.switches += now.switches - (then?.switches ?? now.switches)
    }
    return {
      name,
      cpuSecondsPerHour: (sum.cpuNs / 1e9) * perHour,
      wakeUpsPerHour: sum.switches * perHour,
    }
  })
}

/** As lines of the benchmark's table. */
export function describeIdle(costs: readonly IdleCost[] | null): string {
  if (!costs) return 'idle: not measured without /proc'
  return [`idle (${MEASURE_MS / 1_000} s each, side by side)`, ...rowsOf(costs)].join('\n')
}

/** One line for each. */
export function rowsOf(costs: readonly IdleCost[]): string[] {
  return costs.map(
    ({ name, cpuSecondsPerHour, wakeUpsPerHour }) =>
      `  ${name.padEnd(38)} ${cpuSecondsPerHour.toFixed(2).padStart(6)} s of CPU an hour  ` +
      `${wakeUpsPerHour.toFixed(0).padStart(6)} wake-ups an hour`,
  )
}

/** A server that does nothing but answer. */
export async function startBare(program: string): Promise<ChildProcess> {
  const bare = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  bare.stdin?.end(JSON.stringify({ headers: {}, body: '{}' }))
  await once(bare.stdout ?? process.stdin, 'data')
  return bare
}

function writeAccounts(home: string, count: number): void {
  const { config } = findDirectories({ TOKENTRAY_HOME: home })
  mkdirSync(config, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(config, 'settings-memory.json'), settingsWith(count), { mode: 0o600 })
}

/** The settings of a person who has so many accounts and has logged out of all of them. */
export function settingsWith(count: number): string {
  const accounts = Array.from({ length: count }, (_, index) => ({
    uid: `account${String(index).padStart(12, '0')}`,
    provider: 'sftpgo',
    name: `user${index}`,
    label: `user${index} at files.example.com`,
    values: { url: 'https://files.example.com', username: `user${index}` },
    leaseKind: 'shared' as const,
    leaseSeconds: 900,
    state: 'signed_out' as const,
    needsCode: false,
    createdAt: 0,
  }))
  return serialize({ ...defaultSettings, accounts })
}

function pidOf(home: string): number {
  const { run } = findDirectories({ TOKENTRAY_HOME: home })
  return (JSON.parse(readFileSync(path.join(run, 'endpoint.json'), 'utf8')) as { pid: number }).pid
}

/** Of all threads of a process. */
function sample(pid: number): { readonly cpuNs: number; readonly switches: number } {
  const sum = { cpuNs: 0, switches: 0 }
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const of = (file: string) => readFileSync(`/proc/${pid}/task/${task}/${file}`, 'utf8')
    sum.cpuNs += Number(of('schedstat').split(' ')[0])
    sum.switches += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(of('status'))?.[1])
  }
  return sum
}
