import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { python } from './needs.ts'

/** Longer than the app batches changes before it updates the menu. */
const BETWEEN_READINGS_MS = 300
const MOST_CLICKS = 5
const MOST_READINGS = 20

/** An item of the tray menu, as another program reads it over D-Bus. */
export interface MenuItem {
  readonly id: number
  readonly label: string
  readonly type: string
  readonly enabled: boolean
  readonly visible: boolean
  readonly checked: boolean
  readonly lines: readonly MenuItem[]
}

interface TrayIcon {
  readonly toolTip: string
  /** The image shown. */
  readonly icon: string
  readonly lines: readonly MenuItem[]
}

/** A menu that the panel has on the screen, with the items that it had when it was opened. */
interface OpenMenu {
  /** Clicks an item of the open submenu, and closes the menu. */
  click(label: string): Promise<void>
}

interface ShownNotification {
  readonly id: number
  readonly title: string
  readonly body: string
  readonly open: boolean
}

interface Inhibitor {
  readonly what: string
  readonly who: string
  readonly mode: string
}

/** The desktop besides its windows: a panel, notifications, screen lock and sleep. */
export interface Panel {
  /** The latest icon; `null` while there is none. */
  tray(): Promise<TrayIcon | null>
  /** Clicks a menu item, found by the start of its label and those of its parents, and closes the menu. */
  click(...labels: readonly string[]): Promise<void>
  /** Opens the menu and the submenu of an item, as of now. */
  open(...labels: readonly string[]): Promise<OpenMenu>
  /** Clicks the icon itself. */
  activate(): Promise<void>
  notifications(): Promise<readonly ShownNotification[]>
  /** Stops the panel, as after a crash or before it has started. */
  leave(): Promise<void>
  /** Starts the panel, which knows no icons yet. */
  come(): Promise<void>
  /** Clicks a notification. */
  choose(notification: ShownNotification): Promise<void>
  lockScreen(locked: boolean): Promise<void>
  /** The programs that hold a sleep inhibitor of logind. */
  inhibitors(): Promise<readonly Inhibitor[]>
  /** Signals that the machine is about to sleep, or woke up. */
  sleep(start: boolean): Promise<void>
  close(): Promise<void>
}

interface Answer {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

/** Resolved from the root, so that it works from a bundle as well. */
const ROOT = path.resolve(import.meta.dirname, '../..')
const PROGRAM = path.join(ROOT, 'test', 'helpers', 'desktop-panel.py')

/** Starts the panel on the session bus of that environment; resolves once it is running. */
export async function startPanel(env: Readonly<Record<string, string>>): Promise<Panel> {
  const child = spawn(python(), [PROGRAM], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  child.once('exit', () => {
    for (const [id, settle] of waiting) settle({ id, error: 'The panel has ended.' })
  })
  let last = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  const wait = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(id, ({ answer, error }) => {
        if (error === undefined) resolve(answer)
        else reject(new Error(error))
      })
    })
  const ask = (what: string, more: object = {}): Promise<unknown> => {
    const id = ++last
    const answer = wait(id)
    child.stdin.write(`${JSON.stringify({ id, do: what, ...more })}\n`)
    return answer
  }
  await wait(0)
  const tray = async () => (await ask('tray')) as TrayIcon | null
  const click = async (
    lines: readonly MenuItem[],
    labels: readonly string[],
    { opened }: { readonly opened: boolean },
  ) => {
    const line = findMenuItem(lines, labels)
    if (!line.enabled || !line.visible) throw new Error(`"${line.label}" cannot be clicked.`)
    await ask('click', { lines: pathTo(lines, labels).map(({ id }) => id), opened })
  }
  return {
    tray,
    click: async (...labels) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await click(await settledLines(tray), labels, { opened: false })
        } catch (error) {
          // The menu was replaced between the look at it and the click; a user would click again.
          if (tries === MOST_CLICKS || !/There is no item/.test(String(error))) throw error
        }
      }
    },
    open: async (...labels) => {
      const lines = await settledLines(tray)
      await ask('open', { lines: pathTo(lines, labels).map(({ id }) => id) })
      return { click: async (label) => await click(lines, [...labels, label], { opened: true }) }
    },
    activate: async () => void (await ask('activate')),
    notifications: async () => (await ask('notifications')) as ShownNotification[],
    choose: async ({ id }) => void (await ask('choose', { notification: id })),
    leave: async () => void (await ask('leave')),
    come: async () => void (await ask('come')),
    lockScreen: async (locked) => void (await ask('lock_screen', { locked })),
    inhibitors: async () => (await ask('inhibitors')) as Inhibitor[],
    sleep: async (start) => void (await ask('sleep', { start })),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/**
 * The menu, once it has stopped changing: a click on an item of a menu that was just replaced is lost,
 * on a real desktop as well, where a user would click again.
 */
async function settledLines(tray: () => Promise<TrayIcon | null>): Promise<readonly MenuItem[]> {
  let before = (await tray())?.lines ?? []
  for (let tries = 0; tries < MOST_READINGS; tries += 1) {
    await sleep(BETWEEN_READINGS_MS)
    const now = (await tray())?.lines ?? []
    // Without an item it is not there yet.
    if (now.length > 0 && isDeepStrictEqual(now, before)) return now
    before = now
  }
  return before
}

/** The item with these labels as its path; if there is none, throws and lists the existing items. */
export function findMenuItem(lines: readonly MenuItem[], labels: readonly string[]): MenuItem {
  const found = pathTo(lines, labels).at(-1)
  if (!found) throw new Error('No label was given.')
  return found
}

/** The items with these labels, each in the submenu of the one before. */
function pathTo(lines: readonly MenuItem[], labels: readonly string[]): readonly MenuItem[] {
  const [label, ...rest] = labels
  if (label === undefined) return []
  const found = lines.find((line) => line.label.startsWith(label) && line.visible)
  if (!found) {
    throw new Error(`No "${label}" among: ${lines.map((line) => line.label).join(', ')}`)
  }
  return [found, ...pathTo(found.lines, rest)]
}
