import type { AuditEvent } from '../../main/audit/audit.ts'
import type { Directories } from '../../main/base/directories.ts'
import { randomText } from '../../main/base/ids.ts'
import type { Log } from '../../main/base/log.ts'
import { identifyProcess } from '../../main/base/process-identity.ts'
import { Secret } from '../../main/base/secret.ts'
import { Broker } from '../../main/broker/broker.ts'
import { itemListIn } from '../../main/broker/keychain-items.ts'
import { denyAll } from '../../main/broker/ports.ts'
import { toSnapshot } from '../../main/desktop/snapshot.ts'
import { publish } from '../../main/loopback/discovery-files.ts'
import { openLoopback } from '../../main/loopback/server.ts'
import type { LeasesAnswer, StatusAnswer } from '../../main/loopback/wire.ts'
import { createHttpClient } from '../../main/providers/http-client.ts'
import { providers } from '../../main/providers/index.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { createMemorySilences } from '../../main/settings/silences.ts'
import { LedgerFile } from '../../main/vault/ledger-file.ts'
import { ListedVault } from '../../main/vault/listed-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import type { Snapshot } from '../../preload/contract.ts'
import { runCli } from '../cli/run-cli.ts'
import { toRunning } from '../desktop/running.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import { toJson } from '../helpers/make-loopback.ts'
import { registerSecret } from '../helpers/marks.ts'

/** What stays on the machine from one run to the next. */
export interface Machine {
  readonly clock: FakeClock
  readonly settings: SettingsStore
  readonly vault: Vault
  readonly directories: Directories
  readonly events: AuditEvent[]
  readonly logged: string[]
}

/** One run of the broker behind its endpoint, and all that it says of tokens. */
export interface Run {
  readonly broker: Broker
  status(): Promise<StatusAnswer>
  leases(): Promise<LeasesAnswer>
  /** What the command line prints. */
  cli(...args: string[]): Promise<string>
  /** What the window draws. */
  snapshot(): Snapshot
  /** Ends it in order, and says what it leaves behind. */
  quit(): ReturnType<Broker['stop']>
}

/** Starts on this machine what `compose.ts` puts together, but with time that a test can move. */
export async function startRun(machine: Machine): Promise<Run> {
  const { clock, settings, directories, events, logged } = machine
  const http = createHttpClient({ clock, env: {} })
  const write = (message: string, fields: unknown) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: write, warn: write, error: write }
  const vault = new ListedVault(machine.vault, itemListIn(settings))
  const broker = new Broker({
    ...{ providers, http, clock, log, vault, settings },
    audit: { record: async (event) => void events.push(event) },
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
    ...{ broker, log, version: '1.2.3', instance: 'test', port: null, ownerKey },
  })
  const { issuer } = loopback
  const published = publish(
    directories,
    { issuer, ...identifyProcess(process.pid), instance: 'test', version: '1.2.3' },
    ownerKey,
  )
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${ownerKey.reveal()}` }
    return (await toJson(fetch(`${issuer}${path}`, { headers }))).body as unknown
  }
  return {
    broker,
    status: async () => (await get('/v1/status')) as StatusAnswer,
    leases: async () => (await get('/v1/leases')) as LeasesAnswer,
    cli: async (...args) => {
      const { exit, stdout, stderr } = await runCli(directories, args)
      if (exit !== 0) throw new Error(`tokentray ${args.join(' ')} ended with ${exit}: ${stderr}`)
      return stdout
    },
    snapshot: () =>
      toSnapshot(
        {
          ...{ phase: 'running', otherBroker: null, running: toRunning({ broker }), memory: false },
          ...{ version: '1.2.3', copied: null, dismissed: new Set() },
          preferences: {
            ...{ clipboardSeconds: 20, leaseSeconds: 900, lockOnSleep: false },
            ...{ startAtLogin: false, leaseKind: 'service' },
          },
        },
        1,
      ),
    quit: async () => {
      published.remove()
      await loopback.close(0)
      const left = await broker.stop(10_000)
      await http.close()
      return left
    },
  }
}
