import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { Activity } from '../../main/audit/activity.ts'
import type { Audit, AuditEvent } from '../../main/audit/audit.ts'
import { AuditFile } from '../../main/audit/writing/audit-file.ts'
import { randomText } from '../../main/base/ids.ts'
import type { Log } from '../../main/base/log.ts'
import { Secret } from '../../main/base/secret.ts'
import { itemListIn } from '../../main/broker/account/keychain-items.ts'
import { Broker } from '../../main/broker/broker.ts'
import { denyAll } from '../../main/broker/ports.ts'
import type { LoginReason } from '../../main/broker/session/login-reason.ts'
import type { ServerLimits } from '../../main/loopback/http/guarded-server.ts'
import { type Loopback, openLoopback } from '../../main/loopback/server.ts'
import { createHttpClient } from '../../main/providers/http/client.ts'
import { providers } from '../../main/providers/index.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import type { Settings } from '../../main/settings/schema.ts'
import { createMemorySilences } from '../../main/settings/silences.ts'
import { createMemoryLedger } from '../../main/vault/ledger/memory-ledger.ts'
import { ListedVault } from '../../main/vault/listed-vault.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import {
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from '../simulators/giantswarm-simulator.ts'
import {
  type SftpgoOptions,
  type SftpgoSimulator,
  startSftpgoSimulator,
} from '../simulators/sftpgo-simulator.ts'
import { FakeClock } from './fake-clock.ts'
import { makeTestFolder, markedSecret, registerSecret } from './marks.ts'
import { requireDocumented } from './openapi-conformance.ts'

/** A client's id and secret. */
export interface TestClient {
  readonly id: string
  readonly secret: string
}

export interface JsonResponse {
  /** The address of the request. */
  readonly path: string
  readonly status: number
  readonly headers: Headers
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface MakeLoopbackOptions {
  /** Options of the simulated SFTPGo that differ from the default. */
  readonly sftpgo?: Partial<SftpgoOptions>
  /** Called when an account needs the user to log in. */
  readonly onLoginRequired?: (account: string, reason: LoginReason | null) => void
  readonly limits?: Partial<ServerLimits>
  readonly port?: number
  /** The state stored before the start. */
  readonly settings?: Settings
  /** Instead of one in memory. */
  readonly vault?: Vault
}

/** The endpoint on a real socket, with a real broker and two simulated services. */
export interface TestLoopback {
  readonly loopback: Loopback
  readonly port: number
  readonly issuer: string
  readonly ownerKey: string
  readonly broker: Broker
  readonly clock: FakeClock
  readonly sftpgo: SftpgoSimulator
  readonly giantswarm: GiantswarmSimulator
  readonly passwords: { readonly alice: string; readonly bob: string }
  /** The audit events and the log lines. */
  readonly events: readonly AuditEvent[]
  readonly logged: readonly string[]
  readonly activity: Activity
  /** Makes the audit fail with this error from now on, or work again. */
  breakAudit(failure: Error | null): void
  /** Logs in `sftpgo/alice` and `giantswarm/bob`. */
  newAccount(): Promise<void>
  addClient(name: string, ...accounts: string[]): TestClient
  /** Posts a form to a route below `/oauth`, with optional further request options. */
  form(path: string, fields: FormFields, init?: RequestInit): Promise<JsonResponse>
  /** A management call with the owner key. */
  manage(method: string, path: string, body?: unknown): Promise<JsonResponse>
  close(): Promise<void>
}

type Pairs = readonly (readonly [string, string])[]
/** By name, or as pairs if a header is repeated. */
export type FormFields = Readonly<Record<string, string>> | Pairs

const isPairs = (fields: FormFields): fields is Pairs => Array.isArray(fields)

/** The header for `client_secret_basic`. */
export function basic({ id, secret }: TestClient): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

export async function makeLoopback(options: MakeLoopbackOptions = {}): Promise<TestLoopback> {
  const clock = new FakeClock()
  const passwords = { alice: markedSecret('alice'), bob: markedSecret('bob') }
  const shared = { now: () => clock.now(), onToken: registerSecret }
  const sftpgo = await startSftpgoSimulator({
    ...shared,
    accounts: [{ username: 'alice', password: passwords.alice }],
    ...options.sftpgo,
  })
  const giantswarm = await startGiantswarmSimulator({
    ...shared,
    accounts: [{ email: 'bob@example.com', password: passwords.bob }],
  })
  const http = createHttpClient({ clock, env: {} })
  const folder = makeTestFolder('record')
  const file = new AuditFile(folder, clock)
  const activity = new Activity({ folder, file, clock })
  const { audit, events, breakAudit } = recorder(file)
  const { log, logged } = logger()
  const settings = createMemorySettings(options.settings)
  const vault = new ListedVault(options.vault ?? createMemoryVault(clock), itemListIn(settings))
  const broker = new Broker({
    ...{ providers, http, audit, clock, log },
    ...{ vault, settings },
    ledgerStore: createMemoryLedger(),
    silences: createMemorySilences(),
    consent: denyAll,
    notify: {
      loginRequired: (account, reason) => options.onLoginRequired?.(account, reason),
      hostSilent: () => undefined,
    },
    random: () => 0.5,
    lockWaitMs: 0,
    commandLine: ['tokentray', 'serve'],
  })
  await broker.start()
  const key = randomText(256)
  registerSecret(key)
  const loopback = await openLoopback({
    logFile: '/data/tokentray.log',
    ...{ broker, activity, log, version: '1.2.3', instance: 'test' },
    ownerKey: new Secret(key),
    port: options.port ?? null,
    ...(options.limits && { limits: options.limits }),
  })
  const { issuer, port } = loopback

  return {
    ...{ loopback, port, issuer, ownerKey: key, broker, clock, sftpgo, giantswarm, passwords },
    ...{ events, logged, breakAudit, activity },
    newAccount: () => newAccount(broker, sftpgo.url, giantswarm.url, passwords),
    addClient(name, ...accounts) {
      const uids = accounts.map((id) => broker.accounts.get(id).uid)
      const { client, secret } = broker.clients.add(name, { accountUids: uids })
      registerSecret(secret.reveal())
      return { id: client.id, secret: secret.reveal() }
    },
    form: async (path, fields, init = {}) => {
      const body = new URLSearchParams()
      const pairs = isPairs(fields) ? fields : Object.entries(fields)
      for (const [name, value] of pairs) body.append(name, value)
      const answer = await toJson(fetch(`${issuer}${path}`, { method: 'POST', body, ...init }))
      await requireDocumented(issuer, { method: 'POST', ...answer, path })
      return answer
    },
    manage: async (method, path, body) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await toJson(
        fetch(`${issuer}${path}`, {
          method,
          headers: { authorization: `Bearer ${key}`, ...type },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      await requireDocumented(issuer, { method, ...answer, path })
      return answer
    },
    async close() {
      await loopback.close(0)
      await broker.stop(0)
      await http.close()
      await file.close()
      await Promise.all([sftpgo.close(), giantswarm.close()])
    },
  }
}

/** Status, headers and JSON of an answer. */
export async function toJson(pending: Promise<Response>): Promise<JsonResponse> {
  const response = await pending
  const body: unknown = await response.json()
  if (typeof body !== 'object' || body === null) throw new Error('The answer is no JSON object.')
  noteAnswer(body)
  const { status, headers, url } = response
  return { path: new URL(url).pathname, status, headers, body: { ...body } }
}

let answers: string | undefined

/** Writes down every response, except those meant to carry a secret, for the search at the end. */
function noteAnswer(body: object): void {
  if ('access_token' in body || 'secret' in body || 'url' in body) return
  answers ??= path.join(makeTestFolder('answers'), 'answers')
  appendFileSync(answers, `${JSON.stringify(body)}\n`)
}

async function newAccount(
  { logins, providers: kinds }: Broker,
  sftpgoUrl: string,
  giantswarmUrl: string,
  passwords: TestLoopback['passwords'],
): Promise<void> {
  for (const provider of kinds) {
    if (provider.id !== 'sftpgo' && provider.id !== 'giantswarm') continue
    const isSftpgo = provider.id === 'sftpgo'
    await logins.add({
      provider,
      name: isSftpgo ? 'alice' : 'bob',
      values: isSftpgo
        ? { url: sftpgoUrl, username: 'alice' }
        : { url: giantswarmUrl, email: 'bob@example.com' },
      secrets: { password: new Secret(isSftpgo ? passwords.alice : passwords.bob) },
    })
  }
}

function recorder(file: Audit) {
  const events: AuditEvent[] = []
  let broken: Error | null = null
  const audit: Audit = {
    record: async (event) => {
      if (broken) throw broken
      if (event.account !== undefined && event.accountUid === undefined) {
        throw new Error(`A line about an account lacks its uid: ${event.event}`)
      }
      events.push(event)
      await file.record(event)
    },
  }
  const breakAudit = (failure: Error | null) => {
    broken = failure
  }
  return { audit, events, breakAudit }
}

function logger() {
  const logged: string[] = []
  const write = (message: string, fields: unknown) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: write, warn: write, error: write }
  return { log, logged }
}
