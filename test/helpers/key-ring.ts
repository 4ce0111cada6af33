import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { makeTestFolder } from './marks.ts'
import { patience } from './waiting.ts'

/** A private Secret Service for tests: a private D-Bus and an unlocked, empty key ring. */
export interface KeyRing {
  /** The environment in which a child process uses this key ring and no other. */
  readonly env: Readonly<Record<string, string>>
  /** Locks it: from here on the key ring reads as empty. */
  lock(): void
  /** Unlocks it; rejects if the password is wrong. */
  unlock(password?: string): Promise<void>
  /** Makes the Secret Service hang: it keeps running and does not respond. */
  stop(): void
  cont(): void
  /** Stops the service, but not the bus. */
  end(): Promise<void>
  /** Restarts the service, unlocked; the bus keeps running. */
  restart(): Promise<void>
  /** Whether this name is owned on the bus. */
  has(name: string): boolean
  close(): Promise<void>
}

const PASSWORD = 'the key ring of the tests'

/** Starts a key ring in a test folder. */
export async function startKeyRing(): Promise<KeyRing> {
  const folder = makeTestFolder('ring')
  const runtime = path.join(folder, 'run')
  for (const name of ['home', 'run']) mkdirSync(path.join(folder, name), { mode: 0o700 })
  const bus = await startBus(folder)
  const env = {
    HOME: path.join(folder, 'home'),
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: bus.address,
  }
  let service = await startService(env)
  return {
    env,
    lock: () => {
      const login = 'array:objpath:/org/freedesktop/secrets/collection/login'
      send(env, 'org.freedesktop.secrets', '/org/freedesktop/secrets', [
        'org.freedesktop.Secret.Service.Lock',
        login,
      ])
    },
    unlock: (password = PASSWORD) => unlockThrough(path.join(runtime, 'keyring/control'), password),
    stop: () => void service.kill('SIGSTOP'),
    cont: () => void service.kill('SIGCONT'),
    has: (name) => hasOwner(env, name),
    end: () => end(service),
    restart: async () => {
      await end(service)
      service = await startService(env)
    },
    close: async () => {
      await end(service)
      await end(bus.process)
    },
  }
}

/**
 * Makes the process of this test file, and what it starts from now on, use the key ring; every test
 * file has a process of its own.
 */
export function useInThisProcess(ring: KeyRing): void {
  Object.assign(process.env, ring.env)
}

/** Without service files on its bus nothing, such as a prompter, is activated behind the tests' back. */
async function startBus(folder: string): Promise<{ process: ChildProcess; address: string }> {
  const config = path.join(folder, 'bus.conf')
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:path=${path.join(folder, 'bus')}</listen>
    <auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  )
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = await once(bus.stdout, 'data')
  return { process: bus, address: String(address).trim() }
}

async function startService(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const service = spawn(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets'],
    { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore'] },
  )
  service.stdin.end(PASSWORD)
  for (let tries = 0; !hasOwner(env, 'org.freedesktop.secrets'); tries += 1) {
    if (tries > patience(10_000) / 20) throw new Error('gnome-keyring-daemon did not start.')
    await wait(20)
  }
  return service
}

function hasOwner(env: Readonly<Record<string, string>>, name: string): boolean {
  return send(env, 'org.freedesktop.DBus', '/org/freedesktop/DBus', [
    'org.freedesktop.DBus.NameHasOwner',
    `string:${name}`,
  ]).includes('boolean true')
}

function send(
  env: Readonly<Record<string, string>>,
  destination: string,
  object: string,
  message: readonly string[],
): string {
  return execFileSync(
    'dbus-send',
    ['--session', '--print-reply', `--dest=${destination}`, object, ...message],
    { env: { ...process.env, ...env }, encoding: 'utf8', timeout: patience(10_000) },
  )
}

const UNLOCK = 1

/** What PAM does at login, through the control socket of gnome-keyring (gkd-control-codes.h). */
async function unlockThrough(socketPath: string, password: string): Promise<void> {
  const text = Buffer.from(password)
  // A byte that carries the sender's credentials; then length, operation and a counted string.
  const message = Buffer.alloc(13 + text.length)
  message.writeUInt32BE(12 + text.length, 1)
  message.writeUInt32BE(UNLOCK, 5)
  message.writeUInt32BE(text.length, 9)
  text.copy(message, 13)
  const socket = connect(socketPath)
  socket.write(message)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  if (!Buffer.isBuffer(answer) || answer.readUInt32BE(4) !== 0) {
    throw new Error('The key ring did not unlock.')
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill('SIGKILL')
  await exited
}
