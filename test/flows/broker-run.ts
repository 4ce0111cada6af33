import { Activity } from '../../main/audit/activity.ts'
import type { AuditEvent } from '../../main/audit/audit.ts'
import { AuditFile } from '../../main/audit/writing/audit-file.ts'
import type { Directories } from '../../main/base/files/directories.ts'
import { randomText } from '../../main/base/ids.ts'
import type { Log } from '../../main/base/log.ts'
import { identifyProcess } from '../../main/base/process/process-identity.ts'
import { Secret } from '../../main/base/secret.ts'
import { itemListIn } from '../../main/broker/account/keychain-items.ts'
import { Broker } from '../../main/broker/broker.ts'
import { windowClient } from '../../main/broker/clients.ts'
import { denyAll } from '../../main/broker/ports.ts'
import { Host } from '../../main/desktop/host.ts'
import { createHandlers } from '../../main/desktop/ipc/handlers.ts'
import type { Handlers } from '../../main/desktop/ipc/ipc.ts'
import { createSnapshotOf } from '../../main/desktop/ipc/snapshot.ts'
import { Snapshots } from '../../main/desktop/ipc/snapshots.ts'
import type { Running } from '../../main/desktop/running.ts'
import { Preferences } from '../../main/desktop/system/preferences.ts'
import { FreshSecrets } from '../../main/desktop/tools/fresh-secrets.ts'
import { publish } from '../../main/loopback/found/discovery-files.ts'
import type { LeasesAnswer, StatusAnswer } from '../../main/loopback/schemas/wire.ts'
import { openLoopback } from '../../main/loopback/server.ts'
import { createHttpClient } from '../../main/providers/http/client.ts'
import { providers } from '../../main/providers/index.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { createMemorySilences } from '../../main/settings/silences.ts'
import { LedgerFile } from '../../main/vault/ledger/ledger-file.ts'
import { ListedVault } from '../../main/vault/listed-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { runCli } from '../cli/run-cli.ts'
import { toRunning } from '../desktop/running.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import { toJson } from '../helpers/make-loopback.ts'
import { registerSecret } from '../helpers/marks.ts'

/** What stays on the machine between runs. */
export interface Machine {
  readonly clock: FakeClock
  readonly settings: SettingsStore
  readonly vault: Vault
  readonly directories: Directories
  readonly events: AuditEvent[]
  readonly logged: string[]
}

/** One run of the broker behind its endpoint, and everything it reports about tokens. */
export interface Run {
  readonly broker: Broker
  status(): Promise<StatusAnswer>
  leases(): Promise<LeasesAnswer>
  /** What the command line prints. */
  cli(...args: string[]): Promise<string>
  /** What the window is built on. */
  readonly desktop: WindowBackend
  /** Stops it in order, and returns what it leaves behind. */
  quit(): ReturnType<Broker['stop']>
}

/** What the tray app puts between a broker and its page. */
export interface WindowBackend {
  /** What is pushed to the page. */
  readonly snapshots: Snapshots
  /** What the page calls. */
  readonly handlers: Handlers
}

/** Starts what `compose.ts` builds on this machine, but with a clock that tests control. */
export async function startRun(machine: Machine): Promise<Run> {
  const { clock, settings, directories, events, logged } = machine
  const http = createHttpClient({ clock, env: {} })
  const write = (message: string, fields: unknown) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: write, warn: write, error: write }
  const vault = new ListedVault(machine.vault, itemListIn(settings))
  const audit = new AuditFile(directories.data, clock)
  const activity = new Activity({ folder: directories.data, file: audit, clock })
  const broker = new Broker({
    ...{ providers, http, clock, log, vault, settings },
    audit: {
      record: async (event) => {
        events.push(event)
        await audit.record(event)
      },
    },
    ledgerStore: new LedgerFile(directories.data, vault, clock),
    silences: createMemorySilences(),
    consent: denyAll,
    notify: { loginRequired: () => undefined, hostSilent: () => undefined },
    random: () => 0.5,
    lockWaitMs: 0,
  })
  await broker.start()
  const ownerKey = new Secret(randomText(256))
  registerSecret(ownerKey.reveal())
  const loopback = await openLoopback({
    logFile: '/data/tokentray.log',
    ...{ broker, activity, log, version: '1.2.3', instance: 'test', port: null, ownerKey },
  })
  const { issuer } = loopback
  const published = publish(
    directories,
    { issuer, ...identifyProcess(process.pid), instance: 'test', version: '1.2.3' },
    ownerKey,
  )
  const stop = async (deadlineMs: number) => {
    published.remove()
    await loopback.close(0)
    const left = await broker.stop(deadlineMs)
    await Promise.all([http.close(), audit.close()])
    return left
  }
  const { host, ...desktop } = await openWindowBackend(
    toRunning({ broker }, { activity, issuer, stop }),
    machine,
    log,
  )
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${ownerKey.reveal()}` }
    return (await toJson(fetch(`${issuer}${path}`, { headers }))).body as unknown
  }
  return {
    ...{ broker, desktop },
    status: async () => (await get('/v1/status')) as StatusAnswer,
    leases: async () => (await get('/v1/leases')) as LeasesAnswer,
    cli: async (...args) => {
      const { exit, stdout, stderr } = await runCli(directories, args, { now: () => clock.now() })
      // An action that succeeded except for a token that stays valid counts as done.
      if (exit !== 0 && exit !== 9)
        throw new Error(`tokentray ${args.join(' ')} ended with ${exit}: ${stderr}`)
      return stdout
    },
    quit: () => host.stop(10_000),
  }
}

/** The parts of the tray app that do not need Electron, composed as in `main/index.ts`. */
async function openWindowBackend(
  running: Running,
  machine: Machine,
  log: Log,
): Promise<WindowBackend & { host: Host }> {
  const { clock } = machine
  const none = () => Promise.reject(new Error('There is nothing of that here.'))
  const changed = () => snapshots.changed()
  const fatal = (error: unknown) => log.error('fatal', { error })
  const host = new Host({
    ...{ start: async () => running, findOther: () => null, changed, fatal, clock },
  })
  const preferences = new Preferences({
    ...{
      settings: () => running.broker.settings,
      loginItem: { isOn: () => false, set: () => undefined },
      shortcut: { isOn: false, set: () => true },
      changed,
    },
  })
  const autoClear = { current: null, put: none, clear: none, requireTaken: () => undefined }
  const freshSecrets = new FreshSecrets({ host, clock, changed })
  const build = createSnapshotOf({
    ...{ host, autoClear, preferences, version: '1.2.3', locale: 'en-GB', freshSecrets },
    isUnseen: () => false,
    unshown: { texts: [] },
  })
  const snapshots = new Snapshots({ build, clock, log })
  const handlers = createHandlers({
    ...{ host, user: windowClient, autoClear, preferences, snapshots },
    ...{ visit: none, stopOther: none, chooseFile: none, chooseNewFile: none },
    ...{ chooseImport: none, openDataFolder: none, copyText: none, licenses: none },
    toolPorts: { freshSecrets, ask: none },
    ...{ closePopover: () => undefined, quit: () => undefined },
  })
  await host.start()
  return { host, snapshots, handlers }
}
