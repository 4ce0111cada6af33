import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { makeTestFolder } from '../../helpers/marks.ts'
import type { Component } from '../../helpers/needs.ts'

const onPath = (program: string) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(path.join(folder, program)))

export const dbus: Component = {
  name: 'D-Bus',
  install: 'apt install dbus dbus-bin',
  isThere: () => onPath('dbus-daemon') && onPath('dbus-send'),
}
const PYTHON = '/usr/bin/python3'
export const pythonDbus: Component = {
  name: 'D-Bus for Python',
  install: 'apt install python3-dbus python3-gi',
  isThere: () =>
    ['dbus', 'gi'].every((name) =>
      existsSync(`/usr/lib/python3/dist-packages/${name}/__init__.py`),
    ),
}

/** A private D-Bus for a test. */
export interface OwnBus {
  readonly address: string
  /** Another program broadcasts a signal; resolves once the bus has it. */
  emit(objectPath: string, signal: string, ...values: readonly string[]): Promise<void>
  /** The same, but only to the program with this unique name. */
  send(
    name: string,
    objectPath: string,
    signal: string,
    ...values: readonly string[]
  ): Promise<void>
  /** Starts a logind: session 1 is ours, 2 is another user's, and it does not report the owner of 3. */
  startLogind(): Promise<Logind>
  close(): Promise<void>
}

interface Logind {
  /** Sends `lock SESSION`, `sleep` or `wake`. */
  do(signal: string): Promise<void>
}

/** Starts one, listening at `listen`, by default a path in a test folder. */
export async function startOwnBus(
  listen = `unix:path=${path.join(makeTestFolder('bus'), 'bus')}`,
): Promise<OwnBus> {
  const config = path.join(makeTestFolder('bus'), 'bus.conf')
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>${listen}</listen><auth>EXTERNAL</auth>
    <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
    <allow own="*"/></policy></busconfig>`,
  )
  const children: ChildProcess[] = []
  const start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    children.push(child)
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  }
  const daemon = start('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'])
  const address = String((await daemon.lines.next()).value)
  const send = async (what: readonly string[]) => {
    const args = [`--bus=${address}`, '--type=signal', ...what]
    await promisify(execFile)('dbus-send', args, { timeout: 10_000 })
  }
  return {
    address,
    emit: (objectPath, signal, ...values) => send([objectPath, signal, ...values]),
    send: (name, objectPath, signal, ...values) =>
      send([`--dest=${name}`, objectPath, signal, ...values]),
    async startLogind() {
      const script = path.join(import.meta.dirname, 'logind.py')
      const logind = start(PYTHON, [script], { DBUS_SYSTEM_BUS_ADDRESS: address })
      await logind.lines.next()
      return {
        async do(signal) {
          logind.child.stdin?.write(`${signal}\n`)
          await logind.lines.next()
        },
      }
    },
    async close() {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
    },
  }
}
