import { uint32s, type XConnection } from './x-connection.ts'

const GRAB_KEY = 33
const UNGRAB_KEY = 34
const GET_KEYBOARD_MAPPING = 101
const FIRST_KEYCODE = 8
const KEYCODES = 248
const HEADER = 32
const ASYNCHRONOUS = 1

/** The bits of modifier keys in requests and events. */
export const SHIFT = 1
export const CONTROL = 4

/** The symbol of a function key. */
export const functionKey = (number: number): number => 0xffbe + number - 1

/** A key with modifiers, for all programs of the display. */
export interface Chord {
  readonly keycode: number
  readonly modifiers: number
}

/** The number of the key that has a symbol; throws if none has. */
export async function keycodeOf(x: XConnection, symbol: number): Promise<number> {
  const range = Buffer.from([FIRST_KEYCODE, KEYCODES, 0, 0])
  const reply = await x.ask(GET_KEYBOARD_MAPPING, 0, range)
  const perKey = reply.readUInt8(1)
  for (let at = 0; at < KEYCODES * perKey; at += 1) {
    if (reply.readUInt32LE(HEADER + at * 4) !== symbol) continue
    return FIRST_KEYCODE + Math.floor(at / perKey)
  }
  throw new Error(`No key has the symbol ${symbol}.`)
}

/** Takes the keys from all programs; false if another one has them. */
export function grab(x: XConnection, { keycode, modifiers }: Chord): Promise<boolean> {
  const body = Buffer.alloc(12)
  uint32s(x.root).copy(body, 0)
  body.writeUInt16LE(modifiers, 4)
  body.writeUInt8(keycode, 6)
  body.writeUInt8(ASYNCHRONOUS, 7)
  body.writeUInt8(ASYNCHRONOUS, 8)
  return x.isFollowed(GRAB_KEY, 1, body)
}

/** Gives them back. */
export function ungrab(x: XConnection, { keycode, modifiers }: Chord): Promise<boolean> {
  const body = Buffer.alloc(8)
  uint32s(x.root).copy(body, 0)
  body.writeUInt16LE(modifiers, 4)
  return x.isFollowed(UNGRAB_KEY, keycode, body)
}
