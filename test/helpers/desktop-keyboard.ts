import { uint32s, XConnection } from '../standin/x-connection.ts'
import { CONTROL, functionKey, grab, keycodeOf, SHIFT } from '../standin/x-keys.ts'

const QUERY_EXTENSION = 98
/** Of the extension XTEST. */
const FAKE_INPUT = 2
const KEY_PRESS = 2
const KEY_RELEASE = 3
const CONTROL_KEY = 0xffe3
const SHIFT_KEY = 0xffe1

/** The keyboard of the X server, pressed by a user or taken by another program. */
export interface OutsideKeyboard {
  /** Presses Ctrl+Shift+F and this number, wherever the focus is. */
  pressFunctionKey(number: number): Promise<void>
  /** Takes those keys as another program, for good; false if they are taken. */
  takeFunctionKey(number: number): Promise<boolean>
  close(): Promise<void>
}

/** A connection of its own, opened when it is first needed. */
export function outsideKeyboard(display: string): OutsideKeyboard {
  let opened: Promise<XConnection> | undefined
  const open = () => {
    opened ??= XConnection.open(display)
    return opened
  }
  return {
    pressFunctionKey: async (number) => {
      const x = await open()
      const extension = await extensionOf(x, 'XTEST')
      const symbols = [CONTROL_KEY, SHIFT_KEY, functionKey(number)]
      const keys = await Promise.all(symbols.map((symbol) => keycodeOf(x, symbol)))
      const send = async (kind: number, keycode: number) => {
        const body = Buffer.alloc(32)
        body.writeUInt8(kind, 0)
        body.writeUInt8(keycode, 1)
        uint32s(0, x.root).copy(body, 4)
        if (await x.isFollowed(extension, FAKE_INPUT, body)) return
        throw new Error('The X server presses no keys.')
      }
      for (const keycode of keys) await send(KEY_PRESS, keycode)
      for (const keycode of keys.reverse()) await send(KEY_RELEASE, keycode)
    },
    takeFunctionKey: async (number) => {
      const x = await open()
      const keycode = await keycodeOf(x, functionKey(number))
      return await grab(x, { keycode, modifiers: CONTROL | SHIFT })
    },
    close: async () => {
      await (await opened)?.close()
    },
  }
}

/** The opcode of an extension. */
async function extensionOf(x: XConnection, name: string): Promise<number> {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(name.length, 0)
  const body = Buffer.concat([head, Buffer.from(name, 'latin1')])
  const reply = await x.ask(QUERY_EXTENSION, 0, body)
  if (reply.readUInt8(8) === 0) throw new Error(`The X server has no ${name}.`)
  return reply.readUInt8(9)
}
