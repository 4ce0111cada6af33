import { makeWire } from './wire.ts'
import { WorldEnd } from './world-end.ts'

type Listener = (event: unknown, ...args: unknown[]) => void
type Run = (require: (name: string) => unknown, module: object, process: object) => void

/** The binding through which only this world reaches the main process. */
declare const standinSend: (message: string) => void

const wire = makeWire()

/** Runs in the preload's isolated world and gives it only what a sandboxed preload has. */
export function start(token: string, run: Run): void {
  const ipcRenderer = new IpcRenderer()
  const electron = { contextBridge: makeBridge(token), ipcRenderer: ipcRenderer.offered }
  Object.defineProperty(globalThis, 'standinReceive', {
    value: (message: string) => ipcRenderer.receive(JSON.parse(message) as FromMain),
  })
  for (const press of ['pointerdown', 'keydown'] as const) {
    const tell = ({ isTrusted }: Event) =>
      isTrusted && standinSend(JSON.stringify({ kind: 'press' }))
    addEventListener(press, tell, { capture: true, passive: true })
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') standinSend(JSON.stringify({ kind: 'seen' }))
  })
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron
    throw new Error(`module not found: ${name}`)
  }
  const process = {
    ...{ platform: 'linux', type: 'renderer', contextIsolated: true, sandboxed: true },
    ...{ versions: {}, env: {}, argv: [] },
  }
  try {
    run(require, { exports: {} }, process)
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: Electron prints it as well.
    console.error('Unable to load preload script', error)
  }
}

interface FromMain {
  readonly kind: 'event' | 'reply'
  readonly channel: string
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

class IpcRenderer {
  readonly #listeners = new Map<string, Listener[]>()
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(e: Error): void }>()
  #last = 0

  readonly offered = {
    invoke: (channel: string, ...args: unknown[]) => {
      const id = ++this.#last
      const encoded = wire.encode(args)
      return new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject })
        standinSend(JSON.stringify({ kind: 'invoke', id, channel, args: encoded }))
      })
    },
    send: (channel: string, ...args: unknown[]) =>
      standinSend(JSON.stringify({ kind: 'send', channel, args: wire.encode(args) })),
    on: (channel: string, listener: Listener) => {
      this.#listeners.set(channel, [...(this.#listeners.get(channel) ?? []), listener])
      return this.offered
    },
    once: (channel: string, listener: Listener) => {
      const once: Listener = (...args) => {
        this.offered.off(channel, once)
        listener(...args)
      }
      return this.offered.on(channel, once)
    },
    off: (channel: string, listener: Listener) => {
      const left = (this.#listeners.get(channel) ?? []).filter((other) => other !== listener)
      this.#listeners.set(channel, left)
      return this.offered
    },
    addListener: (channel: string, listener: Listener) => this.offered.on(channel, listener),
    removeListener: (channel: string, listener: Listener) => this.offered.off(channel, listener),
    removeAllListeners: (channel: string) => {
      this.#listeners.delete(channel)
      return this.offered
    },
  }

  receive({ kind, channel, id, value, error }: FromMain): void {
    if (kind === 'event') {
      const args = wire.decode(value) as unknown[]
      for (const listener of this.#listeners.get(channel) ?? []) {
        listener({ sender: this.offered, ports: [] }, ...args)
      }
      return
    }
    const settle = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) settle?.resolve(wire.decode(value))
    else settle?.reject(new Error(error))
  }
}

function makeBridge(token: string): { exposeInMainWorld(name: string, api: unknown): void } {
  const end = new WorldEnd(token, 'preload', 'page')
  const exposed = new Map<string, unknown>()
  let pageIsThere = false
  const tell = () => {
    if (!pageIsThere) return
    for (const [name, api] of exposed) if (api !== null) end.emit('expose', { name, api })
    for (const name of exposed.keys()) exposed.set(name, null)
  }
  end.on('hello', () => {
    pageIsThere = true
    tell()
  })
  end.emit('ping', {})
  return {
    exposeInMainWorld: (name, api) => {
      if (exposed.has(name)) {
        throw new Error('Cannot bind an API on top of an existing property on the window object')
      }
      exposed.set(name, end.encode(api))
      tell()
    },
  }
}
