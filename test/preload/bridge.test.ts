import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bridge, channels, toWireName } from '../../preload/contract.ts'
import { makeSnapshot } from '../desktop/samples.ts'
import { makeTestFolder } from '../helpers/marks.ts'

type Listener = (event: unknown, ...args: unknown[]) => void

/** What a sandboxed preload gets from Electron, and nothing else. */
class FakeIpcRenderer {
  readonly invoked: (readonly unknown[])[] = []
  readonly listeners = new Map<string, Set<Listener>>()
  answer: () => Promise<unknown> = async () => ({ ok: true, value: null })

  invoke = async (...args: unknown[]): Promise<unknown> => {
    this.invoked.push(args)
    return await this.answer()
  }

  on(channel: string, listener: Listener): void {
    this.listeners.set(channel, (this.listeners.get(channel) ?? new Set()).add(listener))
  }

  removeListener(channel: string, listener: Listener): void {
    this.listeners.get(channel)?.delete(listener)
  }

  push(...args: unknown[]): void {
    this.send('tokentray:snapshot', ...args)
  }

  send(channel: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(channel) ?? []) listener({ sender: this }, ...args)
  }
}

let code: string
let ipcRenderer: FakeIpcRenderer
let exposed: Map<string, unknown>
let required: string[]
let bridge: Bridge

beforeAll(async () => {
  // As in the real build: one CommonJS file, which can only require electron.
  const outDir = makeTestFolder('preload')
  await build({
    ...{ configFile: false, publicDir: false, logLevel: 'error' },
    ssr: { noExternal: true },
    build: {
      ...{ outDir, ssr: path.resolve(import.meta.dirname, '../../preload/index.ts') },
      rolldownOptions: {
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  })
  code = readFileSync(path.join(outDir, 'index.cjs'), 'utf8')
})

beforeEach(() => {
  ipcRenderer = new FakeIpcRenderer()
  exposed = new Map()
  required = []
  const contextBridge = {
    exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value),
  }
  const require = (name: string) => {
    required.push(name)
    return { contextBridge, ipcRenderer }
  }
  new Function('require', 'module', 'exports', code)(require, { exports: {} }, {})
  bridge = exposed.get('tokentray') as Bridge
})

it('requires only electron, and exposes one object', () => {
  expect([required, [...exposed.keys()]]).toEqual([['electron'], ['tokentray']])
})

it('has one function for each channel and one for each push, and nothing else', () => {
  expect(Object.keys(bridge)).toEqual([...channels, 'onSnapshot', 'onActivity'])
  expect(Object.values(bridge).every((member) => typeof member === 'function')).toBe(true)
})

it.each([...channels])('calls %s by its name on the wire, with its arguments', async (channel) => {
  const call = bridge[channel] as (...args: unknown[]) => Promise<unknown>
  expect(await call('one', { two: 2 })).toBeNull()
  expect(ipcRenderer.invoked).toEqual([[toWireName(channel), 'one', { two: 2 }]])
})

describe('a call', () => {
  it('resolves to the value', async () => {
    ipcRenderer.answer = async () => ({ ok: true, value: { clearsAt: 5 } })
    expect(await bridge.copy('koyeb/work', 'token')).toEqual({ clearsAt: 5 })
  })

  it('rejects with the failure and all its members', async () => {
    const error = { code: 'login_required', message: 'a', hint: 'b', account: 'koyeb/work' }
    ipcRenderer.answer = async () => ({ ok: false, error })
    // An Error would lose its members when it crosses the bridge.
    await expect(bridge.copy('koyeb/work', 'token')).rejects.toEqual(error)
  })

  it('rejects with a failure if main does not answer', async () => {
    ipcRenderer.answer = () => Promise.reject(new Error("Error invoking remote method 'x': y"))
    await expect(bridge.lock()).rejects.toEqual({
      code: 'server_error',
      message: 'Tokentray did not answer.',
      hint: expect.any(String),
    })
  })
})

describe('snapshots', () => {
  it('are passed to the listener without the event', () => {
    const heard: unknown[][] = []
    bridge.onSnapshot((...args: unknown[]) => heard.push(args))
    const snapshot = makeSnapshot()
    ipcRenderer.push(snapshot, 'more')
    expect(heard).toEqual([[snapshot]])
  })

  it('stop when the listener is removed, but not for the others', () => {
    const heard: string[] = []
    const stop = bridge.onSnapshot(() => heard.push('one'))
    bridge.onSnapshot(() => heard.push('two'))
    stop()
    ipcRenderer.push(makeSnapshot())
    expect(heard).toEqual(['two'])
    expect(ipcRenderer.listeners.get('tokentray:snapshot')?.size).toBe(1)
  })
})

it('notifies of new lines of the record, without data, until the listener is removed', () => {
  const heard: unknown[][] = []
  const stop = bridge.onActivity((...args: unknown[]) => heard.push(args))
  ipcRenderer.send('tokentray:record', 'more')
  expect(heard).toEqual([[]])
  stop()
  ipcRenderer.send('tokentray:record')
  expect(heard).toEqual([[]])
})
