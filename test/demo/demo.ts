import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type FilledForm,
  type FiveServices,
  startFiveServices,
} from '../simulators/five-services.ts'
import { goodbye, lines } from './lines.ts'
import { runToEnd } from './run-to-end.ts'

/** What the demo needs of `npm start`. */
export interface DemoPorts {
  /** A folder of its own, which is removed after it. */
  readonly folder: string
  /** Starts Tokentray in memory, without opening its window, in this environment. */
  readonly start: (env: NodeJS.ProcessEnv) => DemoApp
  /** True once the user has asked to stop everything. */
  readonly isStopping: () => boolean
  /** Stops everything that runs. */
  readonly stop: () => void
}

/** Tokentray while it runs. */
export interface DemoApp {
  readonly kind: 'tray' | 'preview' | 'agent'
  /** Resolves with its exit code. */
  readonly ended: Promise<number>
  /** Opens its window, if it has one. */
  open(): void
}

const CLI = path.resolve(import.meta.dirname, '../cli/tokentray.cjs')
const LOOK_MS = 50
/** All accounts are named "demo", which says little in the window. */
const DISPLAY_NAMES: Readonly<Record<FilledForm['provider'], string>> = {
  ...{ sftpgo: 'Team files', giantswarm: 'Clusters', glowmarkt: 'Smart meter' },
  ...{ koyeb: 'App hosting', svix: 'Webhooks' },
}

/**
 * Tokentray with simulated services and an account at each, in a home of its own: no data of the user is read
 * or changed. Resolves with the exit code once Tokentray has ended, and everything else with it.
 */
export async function runDemo({ folder, start, isStopping, stop }: DemoPorts): Promise<number> {
  const home = path.join(folder, 'home')
  // What a usual desktop lacks is not worth a line here.
  const env = { TOKENTRAY_LOG: 'error', ...process.env, TOKENTRAY_HOME: home }
  const services = await startFiveServices()
  const app = start(env)
  const failure = await setUp(folder, home, env, services, app).catch((error: unknown) => error)
  // What it is asked to do while it stops fails, which does not matter then.
  const hasFailed = failure !== undefined && !isStopping()
  if (hasFailed) {
    console.error(failure instanceof Error ? failure.message : failure)
    stop()
  }
  const code = await app.ended
  sayGoodbye(services)
  await services.close()
  return hasFailed ? 1 : code
}

/** Adds the accounts and a tool, opens the window, and prints what to try. */
async function setUp(
  folder: string,
  home: string,
  env: NodeJS.ProcessEnv,
  services: FiveServices,
  app: DemoApp,
): Promise<void> {
  const issuer = await Promise.race([readIssuer(home), app.ended.then(() => undefined)])
  if (issuer === undefined) return
  const tokentray = (args: readonly string[], input = '') => runToEnd(CLI, args, input, env)
  for (const { provider, values, secrets } of services.forms) {
    const settings = Object.entries(values).flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ])
    const input = Object.values(secrets).map((secret) => `${secret}\n`)
    await tokentray(['login', provider, '--name', 'demo', ...settings], input.join(''))
    const looks = ['--display-name', DISPLAY_NAMES[provider]]
    await tokentray(['accounts', 'set', `${provider}/demo`, ...looks])
  }
  const config = path.join(folder, 'tool.curl')
  const accounts = services.forms.map(({ provider }) => `${provider}/demo`)
  await tokentray([
    ...['tools', 'add', 'demo-tool', '--accounts', accounts.join(',')],
    ...['--curl-config', config],
  ])
  const bin = path.join(folder, 'bin')
  writeCommand(bin, home)
  app.open()
  const { forms, sftpgo } = services
  console.log(
    lines({
      ...{ kind: app.kind, issuer, config, bin, forms, platform: process.platform },
      page: `${sftpgo.url}/api/v2/user/profile`,
    }),
  )
}

/** Where it listens, once it does. */
async function readIssuer(home: string): Promise<string> {
  const file = path.join(home, 'run', 'endpoint.json')
  while (!existsSync(file)) await wait(LOOK_MS, undefined, { ref: false })
  return (JSON.parse(readFileSync(file, 'utf8')) as { issuer: string }).issuer
}

/** The command `tokentray` that talks to the demo, for the PATH. */
function writeCommand(bin: string, home: string): void {
  mkdirSync(bin)
  const [node, cli] = [process.execPath, CLI]
  writeFileSync(
    path.join(bin, 'tokentray'),
    `#!/bin/sh\nTOKENTRAY_HOME=${quote(home)} exec ${quote(node)} ${quote(cli)} "$@"\n`,
    { mode: 0o755 },
  )
  writeFileSync(
    path.join(bin, 'tokentray.cmd'),
    `@echo off\r\nsetlocal\r\nset "TOKENTRAY_HOME=${home}"\r\n"${node}" "${cli}" %*\r\n`,
  )
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

function sayGoodbye({ all: { koyeb, ...others } }: FiveServices): void {
  const alive = Object.values(others).flatMap((service) => service.aliveTokens()).length
  console.log(goodbye(alive, koyeb.aliveTokens().length))
}
