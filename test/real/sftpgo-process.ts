import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ofThisTest } from '../helpers/process-list.ts'
import type { SftpgoSetUp } from './sftpgo-server.ts'

/** The header by which a test client states its address. */
export const FROM = 'x-forwarded-for'

const MAILS = ['reset-password.html', 'password-expiration.html']
const READY_WITHIN_MS = 30_000

/** A running server with one administrator. */
export interface SftpgoProcess {
  readonly url: string
  /** The folder for the home folders of users. */
  readonly folder: string
  stop(): Promise<void>
}

/** Starts this program with empty storage, which is deleted when it stops. */
export async function startSftpgo(
  program: string,
  setUp: SftpgoSetUp,
  admin: { readonly username: string; readonly password: string },
): Promise<SftpgoProcess> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sftpgo-'))
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    ...ofThisTest,
    HOME: folder,
    SFTPGO_DEFAULT_ADMIN_USERNAME: admin.username,
    SFTPGO_DEFAULT_ADMIN_PASSWORD: admin.password,
  }
  // It does not start without email templates, although it sends no email.
  const mails = path.join(folder, 'templates', 'email')
  mkdirSync(mails, { recursive: true })
  for (const mail of MAILS) writeFileSync(path.join(mails, mail), 'Not sent.')
  const file = path.join(folder, 'sftpgo.json')
  writeFileSync(file, JSON.stringify(configuration(setUp, port, folder)), { mode: 0o600 })
  // No log file: it would contain keys in plain text.
  const args = ['serve', '--config-dir', folder, '--config-file', file, '--log-file-path', '']
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-2_000)
    })
  }
  const gone = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `${setUp.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  try {
    await untilReady(port, child)
  } catch (error) {
    await stop()
    throw new Error(`${program} did not start: ${said}`, { cause: error })
  }
  return { url, folder, stop }
}

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`)
    // An https port responds to plain http too.
    const headers = { [FROM]: '192.0.2.254' }
    const call = fetch(`http://127.0.0.1:${port}/healthz`, { headers, redirect: 'manual' })
    if (await call.catch(() => null)) return
    if (performance.now() > deadline) throw new Error('There was no response.')
    await delay(50)
  }
}

/** The default configuration, except for the set-up and for services that tests do not need. */
function configuration(setUp: SftpgoSetUp, port: number, folder: string): unknown {
  const { defender, rate, tls, allowedHosts, httpsRedirect } = setUp
  const inFolder = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 })
    return path.join(folder, name)
  }
  return {
    common: {
      ...(defender && { defender: toDefender(defender) }),
      ...(rate && {
        rate_limiters: [
          { average: rate.average, period: rate.periodMs, burst: rate.burst ?? 1, type: 2 },
        ],
      }),
    },
    sftpd: { bindings: [{ port: 0 }] },
    httpd: {
      bindings: [
        {
          port,
          address: '127.0.0.1',
          enable_web_admin: false,
          enable_web_client: false,
          enable_rest_api: true,
          render_openapi: false,
          disabled_login_methods: disabledMethods(setUp),
          security: {
            enabled: allowedHosts !== undefined || httpsRedirect === true,
            allowed_hosts: allowedHosts ?? [],
            https_redirect: httpsRedirect ?? false,
          },
          proxy_allowed: ['127.0.0.1'],
          client_ip_proxy_header: 'X-Forwarded-For',
          ...(tls && {
            enable_https: true,
            certificate_file: inFolder('cert.pem', tls.cert),
            certificate_key_file: inFolder('key.pem', tls.key),
          }),
        },
      ],
    },
    data_provider: {
      driver: 'bolt',
      name: path.join(folder, 'sftpgo.db'),
      create_default_admin: true,
      users_base_dir: folder,
    },
  }
}

function toDefender(defender: NonNullable<SftpgoSetUp['defender']>): unknown {
  const { threshold, banMs, incrementPercent, observationMs, delays } = defender
  return {
    enabled: true,
    ...(threshold !== undefined && { threshold }),
    ...(banMs !== undefined && { ban_time: banMs / 60_000 }),
    ...(incrementPercent !== undefined && { ban_time_increment: incrementPercent }),
    ...(observationMs !== undefined && { observation_time: observationMs / 60_000 }),
    ...(!delays && { login_delay: { success: 0, password_failed: 0 } }),
  }
}

function disabledMethods({ disabledLogins = [], keysOff }: SftpgoSetUp): number {
  const admin = disabledLogins.includes('admin') ? 16 : 0
  const user = disabledLogins.includes('user') ? 32 : 0
  return admin + user + (keysOff ? 64 + 128 : 0)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closed = once(server, 'close')
  server.close()
  await closed
  return typeof address === 'object' && address !== null ? address.port : 0
}
