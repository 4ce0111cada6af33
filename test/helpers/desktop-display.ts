import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { XSelections } from '../standin/x-selection.ts'
import { eventually, patience } from './waiting.ts'

/** A private X server for tests. */
export interface Display {
  /** The value for `DISPLAY`. */
  readonly name: string
  close(): Promise<void>
}

/** Starts one on a free display that it picks itself. */
export async function startDisplay(): Promise<Display> {
  // It exits with us, even if we are killed: nothing else would stop it.
  const server = spawn('setpriv', ['--pdeathsig', 'KILL', ...SERVER], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const found = server.stdio[3]
  if (!found) throw new Error('Xvfb has no way to tell its display.')
  const ended = once(server, 'exit').then(() => {
    throw new Error('Xvfb did not start.')
  })
  const told = await Promise.race([once(found, 'data'), ended])
  // From here on its exit is expected.
  ended.catch(() => undefined)
  return {
    name: `:${String(told[0]).trim()}`,
    close: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return
      const exited = once(server, 'exit')
      server.kill('SIGTERM')
      await exited
    },
  }
}

const SERVER = ['Xvfb', '-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', '1280x800x24']

/** A selection of the X server, read and changed by a separate program. */
export interface OutsideClipboard {
  /** The text; `null` if no program offers one. */
  read(selection?: 'clipboard' | 'primary', target?: string): Promise<string | null>
  /** The formats that its owner offers. */
  targets(): Promise<readonly string[]>
  /** Copies a text as another program would. */
  write(text: string, selection?: 'clipboard' | 'primary'): Promise<void>
}

/** A clipboard history that ignores hints: it keeps each text that it sees, and offers it again itself. */
export interface ClipboardHistory {
  /** The clipboard texts it has seen, the oldest first. */
  readonly seen: readonly string[]
  close(): Promise<void>
}

/** Starts one, with a window of its own. */
export async function startClipboardHistory(display: string): Promise<ClipboardHistory> {
  const x = await XSelections.open(display)
  const seen: string[] = []
  let isClosed = false
  const look = async (selection: string) => {
    if (await x.isOurs(selection)) return
    const value = await x.read(selection, 'UTF8_STRING')
    const text = value?.toString() ?? ''
    if (text.trim() === '') return
    seen.push(text)
    await x.own(selection, new Map([['UTF8_STRING', Buffer.from(text)]]))
  }
  const watching = (async () => {
    while (!isClosed) {
      await look('CLIPBOARD')
      await look('PRIMARY')
      await wait(20)
    }
  })()
  return {
    seen,
    close: async () => {
      isClosed = true
      await watching
      await x.close()
    },
  }
}

/** Reads and writes it with xclip. */
export function outsideClipboard(display: string): OutsideClipboard {
  const env = { ...process.env, DISPLAY: display }
  const read: OutsideClipboard['read'] = async (
    selection = 'clipboard',
    target = 'UTF8_STRING',
  ) => {
    const child = spawn('xclip', ['-selection', selection, '-o', '-t', target], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: patience(5_000),
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const [code] = await once(child, 'close')
    // It waits forever if the owner exits during the request.
    if (child.signalCode !== null) return read(selection, target)
    return code === 0 ? text : null
  }
  return {
    read,
    targets: async () =>
      ((await read('clipboard', 'TARGETS')) ?? '').split('\n').filter((line) => line !== ''),
    write: async (text, selection = 'clipboard') => {
      // It stays in the background as the owner until the display is closed.
      const child = spawn('xclip', ['-selection', selection, '-i'], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      child.stdin.end(text)
      await once(child, 'exit')
      // It may go into the background before it has claimed the selection.
      await eventually(() => read(selection)).toBe(text)
    },
  }
}
