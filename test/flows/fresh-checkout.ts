import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeTestFolder } from '../helpers/marks.ts'

const root = path.resolve(import.meta.dirname, '../..')
const PARTS = ['main', 'preload', 'renderer', 'test', 'build', 'package.json', 'tsconfig.json']
const CONFIGS = ['electron.vite.config.ts', 'vite.config.ts']

/** The sources as freshly cloned, with dependencies installed and nothing built. */
export interface Checkout {
  readonly folder: string
  /** What the programs get that run in it: another home and temporary folder, and a proxy to avoid. */
  readonly env: NodeJS.ProcessEnv
  /** How many connections the proxy got. */
  proxied(): number
  /** What Tokentray, and the browser that it starts, have left in the temporary folder. */
  leftovers(): string[]
  /** Runs `node build/start.mjs` in a process group of its own. */
  start(args: readonly string[], more?: NodeJS.ProcessEnv): ChildProcess
  /** Runs `npm start --` in a process group of its own. */
  npmStart(args: readonly string[], more?: NodeJS.ProcessEnv): ChildProcess
  /** Kills what is left of the programs that it started: after a failure some may still run. */
  killAll(): void
  remove(): void
}

/** Makes one. */
export async function freshCheckout(): Promise<Checkout> {
  // Outside the folder that is searched for secrets: the tests themselves contain the marker.
  const folder = mkdtempSync(path.join(tmpdir(), 'tokentray-checkout-'))
  for (const part of [...PARTS, ...CONFIGS]) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  let connections = 0
  const proxy = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  // Its name is short, as usual, because commands name files in it.
  const temporary = mkdtempSync(path.join(tmpdir(), 'tt-'))
  const env: NodeJS.ProcessEnv = {
    ...{ PATH: process.env['PATH'], HOME: makeTestFolder('home'), TMPDIR: temporary },
  }
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTPS_PROXY']) env[name] = url
  const groups: number[] = []
  const run = (command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const child = spawn(command, args, { cwd: folder, detached: true, env: { ...env, ...more } })
    if (child.pid !== undefined) groups.push(child.pid)
    return child
  }
  return {
    ...{ folder, env },
    proxied: () => connections,
    leftovers: () => readdirSync(temporary).filter((name) => !name.startsWith('node-')),
    start: (args, more) => run(process.execPath, ['build/start.mjs', ...args], more),
    npmStart: (args, more) => run('npm', ['start', '--', ...args], more),
    killAll: () => {
      for (const group of groups.splice(0)) killGroup(group)
    },
    remove: () => {
      proxy.close()
      for (const each of [folder, temporary]) rmSync(each, { recursive: true, force: true })
    },
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** Collects a program's output until it matches; rejects if it exits first. */
export function readTo(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      if (pattern.test(text)) resolve(text)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', (code, signal) => {
      reject(new Error(`It ended with ${code ?? signal} before it said ${pattern}: ${text}`))
    })
  })
}
