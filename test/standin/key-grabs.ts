import { parentPort, workerData } from 'node:worker_threads'
import { XConnection } from './x-connection.ts'
import { type Chord, grab, keycodeOf, ungrab } from './x-keys.ts'

/*
 * The thread that holds the key grabs of `globalShortcut`: Electron answers at once whether the X
 * server gave it the keys, so the main thread waits for this one.
 */

/** Takes or gives back the keys, and stores 1 in `done` if that worked, otherwise 2. */
export interface GrabRequest {
  readonly symbol: number
  readonly modifiers: number
  readonly take: boolean
  readonly done: SharedArrayBuffer
}

/** Keys that were taken and pressed. */
export interface Pressed {
  readonly symbol: number
  readonly modifiers: number
}

const KEY_PRESS = 2
const MODIFIERS = 0xff

const x = await XConnection.open(String(workerData))
const taken = new Map<string, Pressed>()
const keyOf = ({ keycode, modifiers }: Chord) => `${keycode} ${modifiers}`

x.onEvent((event) => {
  if ((event.readUInt8(0) & 0x7f) !== KEY_PRESS) return
  const chord = { keycode: event.readUInt8(1), modifiers: event.readUInt16LE(28) & MODIFIERS }
  const pressed = taken.get(keyOf(chord))
  if (pressed) parentPort?.postMessage(pressed)
})

async function follow({ symbol, modifiers, take }: GrabRequest): Promise<boolean> {
  const chord = { keycode: await keycodeOf(x, symbol), modifiers }
  if (!(await (take ? grab : ungrab)(x, chord))) return false
  if (take) taken.set(keyOf(chord), { symbol, modifiers })
  else taken.delete(keyOf(chord))
  return true
}

parentPort?.on('message', async (request: GrabRequest) => {
  const isDone = await follow(request).catch(() => false)
  const state = new Int32Array(request.done)
  Atomics.store(state, 0, isDone ? 1 : 2)
  Atomics.notify(state, 0)
})
