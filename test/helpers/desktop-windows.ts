import { uint32s, XConnection } from '../standin/x-connection.ts'

const GET_WINDOW_ATTRIBUTES = 3
const QUERY_TREE = 15
const GET_PROPERTY = 20
const SEND_EVENT = 25
const CLIENT_MESSAGE = 33
const ANY_TYPE = 0
const LONGEST = 256
const IS_VIEWABLE = 2

/** The windows of programs that are on the screen, by title. There is no window manager. */
export async function windowTitles(display: string): Promise<string[]> {
  return withDisplay(display, async (x) => [...(await findWindows(x)).values()])
}

/** Asks the program with this window to close it, as the button in its frame does. */
export async function closeWindow(display: string, title: string): Promise<void> {
  await withDisplay(display, async (x) => {
    const found = [...(await findWindows(x))].find(([, name]) => name === title)
    if (!found) throw new Error(`There is no window "${title}".`)
    const [window] = found
    const event = Buffer.alloc(32)
    event.writeUInt8(CLIENT_MESSAGE, 0)
    event.writeUInt8(32, 1)
    event.writeUInt32LE(window, 4)
    event.writeUInt32LE(await x.atom('WM_PROTOCOLS'), 8)
    event.writeUInt32LE(await x.atom('WM_DELETE_WINDOW'), 12)
    x.send(SEND_EVENT, 0, Buffer.concat([uint32s(window, 0), event]))
  })
}

async function withDisplay<Value>(
  display: string,
  work: (x: XConnection) => Promise<Value>,
): Promise<Value> {
  const x = await XConnection.open(display)
  try {
    return await work(x)
  } finally {
    await x.close()
  }
}

async function findWindows(x: XConnection): Promise<Map<number, string>> {
  const tree = await x.ask(QUERY_TREE, 0, uint32s(x.root))
  const windows = new Map<number, string>()
  for (let index = 0; index < tree.readUInt16LE(16); index += 1) {
    const window = tree.readUInt32LE(32 + index * 4)
    try {
      const attributes = await x.ask(GET_WINDOW_ATTRIBUTES, 0, uint32s(window))
      const title = await titleOf(x, window)
      if (attributes.readUInt8(26) === IS_VIEWABLE && title !== '') windows.set(window, title)
    } catch {
      // It was closed meanwhile.
    }
  }
  return windows
}

async function titleOf(x: XConnection, window: number): Promise<string> {
  const name = await x.atom('_NET_WM_NAME')
  const reply = await x.ask(GET_PROPERTY, 0, uint32s(window, name, ANY_TYPE, 0, LONGEST))
  return reply.toString('utf8', 32, 32 + reply.readUInt32LE(16))
}
