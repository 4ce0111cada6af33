import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findDirectories } from '../../main/base/files/directories.ts'
import { startKeyRing } from '../helpers/key-ring.ts'
import { secretService } from '../helpers/needs.ts'
import { processesBelow } from '../helpers/process-list.ts'
import { settingsWith } from '../helpers/settings-with.ts'
import { type AgentProcess, startAgent } from './agent-process.ts'

/** How many accounts there are in the rows of the table. */
export const ACCOUNTS: readonly number[] = [0, 5, 250, 1_000]
/** Besides, one that has something to look after. */
const LOGGED_IN = '1 account with a token out'
/** The start is not what is measured, nor the garbage of it, which V8 collects up to two minutes later. */
export const SETTLE_MS = 150_000
export const MEASURE_MS = 120_000
const HOUR_MS = 3_600_000

/** What a process costs that has nothing to do. */
export interface IdleCost {
  readonly name: string
  readonly cpuSecondsPerHour: number
  /** How often one of its threads has gone to sleep, and so been woken. */
  readonly wakeUpsPerHour: number
}

/**
 * Measures what agents with so many accounts cost while they get no requests, and a bare server beside
 * them, all at the same time; over a keychain where there is one. Takes some minutes; `null` where there
 * is no /proc.
 */
export async function measureIdle(
  cli: string,
  bareServer: string,
  folder: string,
  newAccount: (agent: AgentProcess) => Promise<void>,
): Promise<readonly IdleCost[] | null> {
  if (process.platform !== 'linux') return null
  process.env['TOKENTRAY_TEST_ROOT'] = folder
  const ring = secretService.isThere() ? await startKeyRing() : null
  const bare = await startBare(bareServer)
  const start = (name: string, count: number) => {
    const home = path.join(folder, `idle-${name.replaceAll(' ', '-')}`)
    writeAccounts(home, count, ring !== null)
    return { name, home, agent: startAgent(cli, home, ring?.env) }
  }
  const agents = ACCOUNTS.map((count) => start(`${count} accounts`, count))
  const busy = start(LOGGED_IN, 0)
  agents.push(busy)
  try {
    await Promise.all(agents.map(({ agent }) => agent.ready))
    await newAccount(busy.agent)
    const watched = agents.flatMap(({ name, home }) => {
      const pid = pidOf(home)
      const keychain = processesBelow(pid).map((each) => each.pid)
      return [
        { name: `agent, ${name}`, pids: [pid] },
        ...(keychain.length > 0 ? [{ name: '  its keychain process', pids: keychain }] : []),
      ]
    })
    await wait(SETTLE_MS)
    return await measure([{ name: 'bare server', pids: [bare.pid ?? 0] }, ...watched], MEASURE_MS)
  } finally {
    bare.kill()
    await Promise.all(agents.map(({ agent }) => agent.stop()))
    await ring?.close()
  }
}

/** Measures some processes, of which each name may have several, for so long and all at the same time. */
export async function measure(
  watched: readonly { readonly name: string; readonly pids: readonly number[] }[],
  ms: number,
): Promise<readonly IdleCost[]> {
  const before = watched.map(({ pids }) => sample(pids))
  const startedAt = performance.now()
  await wait(ms)
  const perHour = HOUR_MS / (performance.now() - startedAt)
  return watched.map(({ name, pids }, index) => {
    const sum = { cpuNs: 0, switches: 0 }
    for (const [thread, now] of sample(pids)) {
      const then = before[index]?.get(thread)
      sum.cpuNs += now.cpuNs - (then?.cpuNs ?? 0)
      sum.switches += now.switches - (then?.switches ?? 0)
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

function writeAccounts(home: string, count: number, isOverKeychain: boolean): void {
  const { config } = findDirectories({ TOKENTRAY_HOME: home })
  const name = isOverKeychain ? 'settings.json' : 'settings-memory.json'
  mkdirSync(config, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(config, name), settingsWith(count), { mode: 0o600 })
}

function pidOf(home: string): number {
  const { run } = findDirectories({ TOKENTRAY_HOME: home })
  return (JSON.parse(readFileSync(path.join(run, 'endpoint.json'), 'utf8')) as { pid: number }).pid
}

interface Sample {
  readonly cpuNs: number
  readonly switches: number
}

/** Of each thread of these processes: one that has ended must not take from the others. */
function sample(pids: readonly number[]): ReadonlyMap<string, Sample> {
  const threads = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`),
  )
  return new Map(
    threads.map((thread) => {
      const of = (file: string) => readFileSync(`${thread}/${file}`, 'utf8')
      const cpuNs = Number(of('schedstat').split(' ')[0])
      const switches = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(of('status'))?.[1])
      return [thread, { cpuNs, switches }]
    }),
  )
}
