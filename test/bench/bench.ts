import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { type AgentProcess, startAgent } from './agent-process.ts'
import { describeDesktop, measureDesktop } from './desktop.ts'
import { describeIdle, measureIdle } from './idle.ts'
import { describeIdleApp, measureIdleApp } from './idle-app.ts'
import { describeSearch, measureSearch } from './search.ts'
import { measureStart } from './start.ts'
import { addBenchTool, repeat, toTool } from './tool.ts'
import { describeWindow, measureWindow } from './window.ts'
import { type Load, load, median, writeScript } from './wrk.ts'

/*
 * Measures the warm token endpoint against a bare server that reads the same body and answers the
 * same bytes, in the same run and in turns; then the start, and memory.
 */

const CLI = path.resolve(import.meta.dirname, '../cli/tokentray.cjs')
const ROUNDS = 3
const SECONDS = 5
const GRANT = 'grant_type=client_credentials'
const SFTPGO_FORM = `${GRANT}&audience=sftpgo%2Fbench`
const GIANTSWARM_FORM = `${GRANT}&audience=giantswarm%2Fbench`

for (const tool of ['wrk', 'taskset']) {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' })
  } catch {
    console.error(`The benchmark needs ${tool}: apt install wrk util-linux`)
    process.exit(1)
  }
}

const home = mkdtempSync(path.join(tmpdir(), 'tokentray-bench-'))
const password = randomBytes(12).toString('base64url')
const files = await startSftpgoSimulator({
  accounts: [{ username: 'bench', password }],
  jwtLifetimeMinutes: 720,
})
const clusters = await startGiantswarmSimulator({
  accounts: [{ email: 'bench@example.com', password }],
})
const sftpgoLogin = ['login', 'sftpgo', '--name', 'bench', '--set', `url=${files.url}`].concat(
  ...['--set', 'username=bench'],
)
const giantswarmLogin = [
  'login',
  'giantswarm',
  '--name',
  'bench',
  '--set',
  `url=${clusters.url}`,
].concat(...['--set', 'email=bench@example.com'])

const firstTokenMs = await measureStart(
  CLI,
  path.join(home, 'start'),
  async (running) => {
    await running.tokentray(sftpgoLogin, `${password}\n`)
    await addBenchTool(running, path.join(home, 'start'), 'sftpgo/bench')
  },
  (issuer) => toTool(path.join(home, 'start')).post(`${issuer}/oauth/token`, SFTPGO_FORM),
)

const agent = startAgent(CLI, home)
let bare: ChildProcess | undefined
try {
  const issuer = await agent.ready
  const url = `${issuer}/oauth/token`
  pin(pidOfAgent(), 0)
  await agent.tokentray(sftpgoLogin, `${password}\n`)
  await agent.tokentray(giantswarmLogin, `${password}\n`)
  const tool = await addBenchTool(agent, home, 'sftpgo/bench,giantswarm/bench')
  const script = writeScript(home, { url, authorization: tool.authorization, body: SFTPGO_FORM })
  const bareUrl = await startBare(url, tool.authorization)
  load(url, script, 64, 2)
  load(bareUrl, script, 64, 2)
  for (const connections of [64, 1]) {
    const ours: Load[] = []
    const theirs: Load[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(load(url, script, connections, SECONDS))
      theirs.push(load(bareUrl, script, connections, SECONDS))
    }
    print(`${connections} connections`, ours, theirs)
  }
  const memory = [`${rssMb()} after the load above`]
  await repeat(10_000, () => tool.post(url, SFTPGO_FORM))
  memory.push(`${rssMb()} after 10,000 more tokens`)
  await repeat(90_000, () => tool.post(url, SFTPGO_FORM))
  memory.push(`${rssMb()} after 100,000`)
  await repeat(10_000, async () => {
    const { access_token: token } = await tool.post(url, GIANTSWARM_FORM)
    await tool.post(`${issuer}/oauth/revoke`, `token=${String(token)}`)
  })
  memory.push(`${rssMb()} after up to 10,000 more, minted and ended one by one`)
  const start = firstTokenMs === null ? 'no Secret Service here' : `${firstTokenMs.toFixed(0)} ms`
  console.log(`start to first token, over the keychain: ${start}`)
  console.log(`resident memory in MB: ${memory.join(', ')}`)
  const bareServer = path.join(import.meta.dirname, 'bare-server.js')
  const newAccount = (other: AgentProcess) => other.tokentray(sftpgoLogin, `${password}\n`)
  const withToken = async (idle: AgentProcess) => {
    await newAccount(idle)
    await idle.tokentray(['token', 'sftpgo/bench'], '')
  }
  console.log(describeSearch(await measureSearch(CLI, home, newAccount, SFTPGO_FORM)))
  console.log(describeIdle(await measureIdle(CLI, bareServer, home, withToken)))
  console.log(describeDesktop(await measureDesktop(path.join(home, 'desktop'))))
  console.log(describeWindow(await measureWindow('out/renderer')))
  console.log(describeIdleApp(await measureIdleApp(bareServer, path.join(home, 'desktop'))))
} finally {
  bare?.kill()
  await agent.stop()
  await Promise.all([files.close(), clusters.close()])
  rmSync(home, { recursive: true, force: true })
}
process.exit(0)

/** Starts the bare server on what the endpoint answers now; resolves to its address. */
async function startBare(url: string, authorization: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: SFTPGO_FORM,
  })
  if (answer.status !== 200) throw new Error(`The token endpoint answered ${answer.status}.`)
  const ofTheServer = new Set(['date', 'connection', 'keep-alive'])
  const headers = [...answer.headers].filter(([name]) => !ofTheServer.has(name))
  const body = await answer.text()
  bare = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-server.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  bare.stdin?.end(JSON.stringify({ headers: Object.fromEntries(headers), body }))
  const [port] = (await once(bare.stdout ?? process.stdin, 'data')) as [Buffer]
  pin(bare.pid ?? 0, 0)
  return `http://127.0.0.1:${String(port).trim()}/`
}

function print(title: string, ours: readonly Load[], theirs: readonly Load[]): void {
  const rate = (loads: readonly Load[]) => median(loads.map((each) => each.requestsPerSecond))
  const row = (name: string, loads: readonly Load[]) =>
    `  ${name.padEnd(12)} ${rate(loads).toFixed(0).padStart(7)} requests/s  ` +
    `p50 ${median(loads.map((each) => each.p50Ms)).toFixed(3)} ms  ` +
    `p99 ${median(loads.map((each) => each.p99Ms)).toFixed(3)} ms`
  console.log(`${title} (median of ${ROUNDS} times ${SECONDS} s)`)
  console.log(row('/oauth/token', ours))
  console.log(row('bare server', theirs))
  console.log(`  ratio        ${(rate(ours) / rate(theirs)).toFixed(2)}`)
}

function pidOfAgent(): number {
  const endpoint = path.join(home, 'run', 'endpoint.json')
  return (JSON.parse(readFileSync(endpoint, 'utf8')) as { pid: number }).pid
}

/** Every thread of a process onto one core, so that the load generator has the other one. */
function pin(pid: number, core: number): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
}

function rssMb(): number {
  const status = readFileSync(`/proc/${pidOfAgent()}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024)
}
