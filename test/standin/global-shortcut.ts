import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { app } from './app.ts'
import { must } from './basics.ts'
import type { GrabRequest, Pressed } from './key-grabs.ts'
import { onWayland } from './wayland.ts'
import { CONTROL, functionKey, SHIFT } from './x-keys.ts'

const ANSWER_MS = 10_000
const MODIFIERS: Readonly<Record<string, number>> = {
  Shift: SHIFT,
  Control: CONTROL,
  CommandOrControl: CONTROL,
}

/**
 * `globalShortcut`: key grabs on the X server. On Wayland it answers that it has registered and never
 * hears of a key, as Electron where the desktop's portal did not ask the user yet.
 */
class GlobalShortcut {
  readonly #registered = new Map<string, () => void>()
  #worker: Worker | undefined

  register(accelerator: string, callback: () => void): boolean {
    must(app.isReady(), 'globalShortcut cannot be used before the app is ready')
    if (this.#registered.has(accelerator)) return false
    if (!onWayland && !this.#ask(accelerator, true)) return false
    this.#registered.set(accelerator, callback)
    return true
  }

  unregister(accelerator: string): void {
    must(app.isReady(), 'globalShortcut cannot be used before the app is ready')
    if (this.#registered.delete(accelerator) && !onWayland) this.#ask(accelerator, false)
  }

  unregisterAll(): void {
    for (const accelerator of [...this.#registered.keys()]) this.unregister(accelerator)
  }

  isRegistered(accelerator: string): boolean {
    return this.#registered.has(accelerator)
  }

  #ask(accelerator: string, take: boolean): boolean {
    const done = new SharedArrayBuffer(4)
    const state = new Int32Array(done)
    this.#worker ??= this.#start()
    this.#worker.postMessage({ ...toKeys(accelerator), take, done } satisfies GrabRequest)
    Atomics.wait(state, 0, 0, ANSWER_MS)
    return Atomics.load(state, 0) === 1
  }

  #start(): Worker {
    const program = path.join(import.meta.dirname, 'key-grabs.mjs')
    const worker = new Worker(program, { workerData: process.env['DISPLAY'] ?? '' })
    worker.on('message', (pressed: Pressed) => {
      for (const [accelerator, callback] of this.#registered) {
        const keys = toKeys(accelerator)
        if (keys.symbol === pressed.symbol && keys.modifiers === pressed.modifiers) callback()
      }
    })
    worker.unref()
    return worker
  }
}

/** The function key and the modifiers of an accelerator; others are not needed. */
function toKeys(accelerator: string): Pressed {
  const parts = accelerator.split('+')
  const [, number] = /^F(\d+)$/.exec(parts.pop() ?? '') ?? []
  must(number && parts.every((part) => part in MODIFIERS), `Unknown keys: ${accelerator}`)
  const modifiers = parts.reduce((sum, part) => sum | (MODIFIERS[part] ?? 0), 0)
  return { symbol: functionKey(Number(number)), modifiers }
}

export const globalShortcut = new GlobalShortcut()
