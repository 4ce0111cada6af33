import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Rectangle } from 'electron'
import { beforeEach, describe, expect, it } from 'vitest'
import { createActivityNews } from '../../../main/desktop/ipc/activity-view.ts'
import { PageFeed } from '../../../main/desktop/ipc/page-feed.ts'
import { PAGE_URL } from '../../../main/desktop/renderer-files.ts'
import { Popover } from '../../../main/desktop/window/popover.ts'
import type { Size } from '../../../main/desktop/window/window-options.ts'
import { ACTIVITY_CHANNEL } from '../../../preload/contract.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeWindow, isPrevented, makeLog } from '../fake-electron.ts'
import { makeAccount, makeSnapshot } from '../samples.ts'

let window: FakeWindow
let clock: FakeClock
let written: Size[]
let gaveUp: number
let ends: number
let closed: number
let log: ReturnType<typeof makeLog>
let popover: Popover
/** The revision of the next snapshot. */
let revision: number
let fails: boolean

function make(platform: NodeJS.Platform = 'darwin', isWayland = false): void {
  window = new FakeWindow()
  clock = new FakeClock()
  log = makeLog()
  written = []
  gaveUp = 0
  ends = 0
  closed = 0
  revision = 100
  fails = false
  popover = new Popover({
    createWindow: (size) => {
      window.size = [size.width, size.height]
      return window.asWindow
    },
    size: { read: () => ({ width: 400, height: 600 }), write: (size) => written.push(size) },
    screen: {
      getCursorScreenPoint: () => ({ x: 900, y: 10 }),
      getDisplayNearestPoint: () =>
        ({ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }) as Electron.Display,
    },
    icon: (): Rectangle => ({ x: 1_000, y: 0, width: 24, height: 24 }),
    ...{ platform, isWayland, clock, log },
    sessionEnds: () => {
      ends += 1
    },
    closed: () => {
      closed += 1
    },
    feed: new PageFeed(),
    fresh: async () => {
      if (fails) throw new Error('cannot be drawn')
      return makeSnapshot({ status: { pending: revision }, revision: revision++ })
    },
    gaveUp: () => {
      gaveUp += 1
    },
  })
}

const ready = () => window.emit('ready-to-show')
const crash = () => window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })

beforeEach(() => make())

it('loads our page, in its last size', () => {
  expect([window.loaded, window.size]).toEqual([[PAGE_URL], [400, 600]])
})

describe('opening', () => {
  it('waits until the page is ready', () => {
    popover.open()
    expect(window.isVisible()).toBe(false)
    ready()
    expect([window.isVisible(), window.isFocusedNow]).toEqual([true, true])
  })

  it('shows the loaded page even if the system never reports it ready', () => {
    popover.open()
    window.webContents.emit('did-finish-load')
    expect(window.isVisible()).toBe(true)
    popover.hide()
    ready()
    expect(window.isVisible()).toBe(false)
  })

  it('waits at most 2 s, even for a page that never loads', async () => {
    popover.open()
    await clock.advance(1_999)
    expect(window.isVisible()).toBe(false)
    await clock.advance(1)
    expect(window.isVisible()).toBe(true)
  })

  it('stays closed if it was closed while waiting for the page', async () => {
    popover.open()
    popover.close()
    await clock.advance(2_000)
    expect(window.isVisible()).toBe(false)
  })

  it('does not open without a request', () => {
    ready()
    expect(window.isVisible()).toBe(false)
  })

  it('is placed under the icon', () => {
    popover.open()
    ready()
    expect(window.position).toEqual([812, 28])
  })

  it('is left where the compositor puts it', () => {
    make('linux', true)
    popover.open()
    ready()
    expect([window.position, window.isVisible()]).toEqual([null, true])
  })

  it('restores a minimized window', () => {
    ready()
    window.isMinimizedNow = true
    popover.open()
    expect(window.isMinimizedNow).toBe(false)
  })

  it('opens again after it was closed while minimized', () => {
    make('linux', true)
    popover.open()
    ready()
    window.isMinimizedNow = true
    expect(isPrevented(window, 'close')).toBe(true)
    expect(window.isVisible()).toBe(false)
    popover.open()
    expect(window.isVisible()).toBe(true)
  })

  it('opens once by itself if there is no icon, unless it was opened before', () => {
    popover.openOnce()
    ready()
    expect(window.isVisible()).toBe(true)
    popover.close()
    expect([window.isVisible(), closed]).toEqual([false, 1])
    popover.openOnce()
    expect(window.isVisible()).toBe(false)
  })

  it('does not move an open window', () => {
    popover.open()
    ready()
    window.position = null
    popover.open()
    expect(window.position).toBeNull()
  })

  it('goes to a place in the page, even to the same one twice', () => {
    popover.open({ at: 'settings' })
    popover.open({ at: 'login', account: 'koyeb/work' })
    popover.open({ at: 'settings' })
    popover.open({ at: 'copy', account: 'koyeb/work', form: 'curl' })
    expect(window.loaded.slice(1)).toEqual([
      `${PAGE_URL}#1/settings`,
      `${PAGE_URL}#2/login/koyeb%2Fwork`,
      `${PAGE_URL}#3/settings`,
      `${PAGE_URL}#4/copy/koyeb%2Fwork/curl`,
    ])
  })
})

describe('closing', () => {
  beforeEach(() => {
    popover.open()
    ready()
  })

  it('hides', () => {
    expect(isPrevented(window, 'close')).toBe(true)
    expect([window.isVisible(), window.isDestroyed()]).toEqual([false, false])
  })

  it('happens when the window loses the focus', () => {
    window.emit('blur')
    expect(window.isVisible()).toBe(false)
  })

  it('does not happen while one of our dialogs has the focus', async () => {
    const chosen = await popover.keepOpen(async () => {
      window.emit('blur')
      return window.isVisible()
    })
    expect(chosen).toBe(true)
    window.emit('blur')
    expect(window.isVisible()).toBe(false)
  })

  it('does not happen after a dialog that failed either', async () => {
    await popover.keepOpen(() => Promise.reject(new Error('x'))).catch(() => undefined)
    window.emit('blur')
    expect(window.isVisible()).toBe(false)
  })

  it('shows one dialog at a time, so that none lies under a click on another', async () => {
    const shown: string[] = []
    let leave = () => {}
    const first = popover.keepOpen(async () => {
      shown.push('first')
      await new Promise<void>((resolve) => {
        leave = resolve
      })
    })
    const second = popover.keepOpen(async () => shown.push('second'))
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    leave()
    await first
    expect(shown).toEqual(['first'])
  })

  it('shows the next one only when a double click on the last one must be over', async () => {
    const shown: string[] = []
    await popover.keepOpen(async () => shown.push('first'))
    const second = popover.keepOpen(async () => shown.push('second'))
    await clock.advance(999)
    expect(shown).toEqual(['first'])
    await clock.advance(1)
    await second
    expect(shown).toEqual(['first', 'second'])
  })

  it('is left to the user on Linux, where the focus changes by itself', () => {
    make('linux')
    popover.open()
    ready()
    window.emit('blur')
    expect(window.isVisible()).toBe(true)
    popover.hide()
    expect(window.isVisible()).toBe(false)
  })

  it('and opening alternate with clicks on the icon', () => {
    popover.toggle()
    expect(window.isVisible()).toBe(false)
    popover.toggle()
    expect(window.isVisible()).toBe(true)
  })

  it('does not happen on a click on the icon while it is behind other windows', () => {
    make('linux')
    popover.open()
    ready()
    window.isFocusedNow = false
    popover.toggle()
    expect([window.isVisible(), window.isFocusedNow]).toEqual([true, true])
    popover.toggle()
    expect(window.isVisible()).toBe(false)
  })

  it('happens on a click on the icon that took the focus', async () => {
    window.emit('blur')
    popover.toggle()
    expect(window.isVisible()).toBe(false)
    await clock.advance(300)
    popover.toggle()
    expect(window.isVisible()).toBe(true)
  })

  it('is for good only when the program quits', () => {
    popover.remove()
    expect([window.isDestroyed(), popover.contents]).toEqual([true, null])
    expect(isPrevented(window, 'close')).toBe(false)
    popover.open()
    popover.hide()
    popover.toggle()
    expect(window.loaded).toEqual([PAGE_URL])
  })

  it('remembers the size', () => {
    window.size = [500, 700]
    popover.hide()
    expect(written.at(-1)).toEqual({ width: 500, height: 700 })
  })

  it('remembers the size at the time of quitting', () => {
    popover.open()
    ready()
    window.size = [500, 700]
    popover.remove()
    expect(written.at(-1)).toEqual({ width: 500, height: 700 })
  })
})

describe('a page that fails', () => {
  it('is logged with its location, without its message', () => {
    const lines = () => JSON.stringify(log.lines)
    const tell = (level: string, lineNumber: number) =>
      window.webContents.emit('console-message', {
        ...{ level, lineNumber, message: 'It cannot read "hunter2".', sourceId: 'page.js' },
      })
    tell('warning', 6)
    tell('error', 7)
    expect(lines()).toContain('page.js:7')
    expect(lines()).not.toMatch(/hunter2|page.js:6/)
  })

  it('is loaded again after a failed load, unless another load replaced it', () => {
    const fail = (code: number, isMainFrame = true) =>
      window.webContents.emit('did-fail-load', {}, code, 'ERR', PAGE_URL, isMainFrame)
    fail(-3)
    expect(log.lines).toEqual([])
    fail(-2, false)
    expect([window.loaded, log.lines.length]).toEqual([[PAGE_URL], 1])
    fail(-2)
    expect(window.loaded).toEqual([PAGE_URL, PAGE_URL])
    for (let time = 0; time < 4; time += 1) fail(-2)
    expect([window.loaded.length, gaveUp > 0]).toEqual([4, true])
  })

  it('is loaded again', () => {
    crash()
    expect(window.loaded).toEqual([PAGE_URL, PAGE_URL])
  })

  it('is given up after three times in a minute, which is reported', () => {
    for (let time = 0; time < 4; time += 1) crash()
    expect([window.loaded.length, gaveUp]).toEqual([4, 1])
  })

  it('is not given up if it fails now and then', async () => {
    for (let time = 0; time < 8; time += 1) {
      crash()
      await clock.advance(30_000)
    }
    expect([window.loaded.length, gaveUp]).toEqual([9, 0])
  })

  it('is loaded again when the user opens it after that', () => {
    for (let time = 0; time < 4; time += 1) crash()
    popover.open()
    expect(window.loaded).toHaveLength(5)
  })

  it('is not loaded while the program quits', () => {
    popover.remove()
    crash()
    expect(window.loaded).toHaveLength(1)
  })
})

describe('a snapshot', () => {
  const revisions = () =>
    window.webContents.sent.map(({ value }) => (value as { revision: number }).revision)

  it('is sent to a visible page', () => {
    popover.open()
    ready()
    const snapshot = makeSnapshot()
    popover.send(snapshot)
    expect(window.webContents.sent).toEqual([{ channel: 'tokentray:snapshot', value: snapshot }])
  })

  it('is sent as a change to a page with an older one, and not at all if nothing changed', () => {
    popover.open()
    ready()
    popover.send(makeSnapshot({ revision: 1 }))
    popover.send(makeSnapshot({ revision: 2 }))
    popover.send(makeSnapshot({ revision: 3, accounts: [makeAccount('svix/a')] }))
    expect(window.webContents.sent.slice(1).map(({ value }) => value)).toEqual([
      {
        ...{ since: 1, revision: 3 },
        lists: { accounts: { items: [makeAccount('svix/a')], keys: ['svix/a'] } },
      },
    ])
  })

  it('is not sent to a hidden page, which gets a fresh one before it is shown', async () => {
    ready()
    for (let change = 0; change < 10; change += 1) popover.send(makeSnapshot())
    expect(revisions()).toEqual([])
    window.beforeShow = () => expect(revisions()).toEqual([100])
    popover.open()
    await endOfTurn()
    expect([revisions(), window.isVisible()]).toEqual([[100], true])
    popover.hide()
    popover.open()
    expect(revisions()).toEqual([100])
  })

  it('in progress does not show a window that was hidden again meanwhile', async () => {
    ready()
    popover.send(makeSnapshot())
    popover.open()
    popover.hide()
    await endOfTurn()
    expect(window.isVisible()).toBe(false)
    popover.send(makeSnapshot())
    popover.open()
    popover.open()
    expect(window.isVisible()).toBe(false)
    await endOfTurn()
    expect([revisions(), window.isVisible()]).toEqual([[100, 101], true])
  })

  it('that failed does not keep the window from being shown, and is built again', async () => {
    ready()
    popover.send(makeSnapshot())
    fails = true
    popover.open()
    await endOfTurn()
    expect([revisions(), window.isVisible()]).toEqual([[], true])
    fails = false
    popover.hide()
    popover.open()
    await endOfTurn()
    expect(revisions()).toEqual([100])
  })

  it('is not sent while the window is minimized; a fresh one is sent when it is restored', async () => {
    popover.open()
    ready()
    window.isMinimizedNow = true
    popover.send(makeSnapshot())
    expect(revisions()).toEqual([])
    window.isMinimizedNow = false
    window.emit('restore')
    await endOfTurn()
    expect(revisions()).toEqual([100])
  })

  it('is not sent to a crashed or closed page', () => {
    popover.open()
    ready()
    window.webContents.isGone = true
    popover.send(makeSnapshot())
    popover.remove()
    window.webContents.isGone = false
    popover.send(makeSnapshot())
    expect(window.webContents.sent).toEqual([])
  })
})

it('reports when Windows ends the session', () => {
  window.emit('session-end')
  expect(ends).toBe(1)
})

it('is watched only if it is visible and focused', () => {
  expect(popover.isWatched).toBe(false)
  popover.open()
  ready()
  expect(popover.isWatched).toBe(true)
  window.isFocusedNow = false
  expect(popover.isWatched).toBe(false)
})

describe('the record', () => {
  const told = () =>
    window.webContents.sent.filter(({ channel }) => channel === ACTIVITY_CHANNEL).length

  it('is announced to a visible page, and to a hidden one once it is shown', () => {
    ready()
    popover.tellOfActivity()
    popover.tellOfActivity()
    expect(told()).toBe(0)
    popover.open()
    expect(told()).toBe(1)
    popover.tellOfActivity()
    expect(told()).toBe(2)
    popover.hide()
    popover.open()
    expect(told()).toBe(2)
    window.isMinimizedNow = true
    popover.tellOfActivity()
    expect(told()).toBe(2)
    window.isMinimizedNow = false
    window.emit('restore')
    expect(told()).toBe(3)
  })

  it('is announced once for many lines, including the last one', async () => {
    let words = 0
    const news = createActivityNews({ tell: () => (words += 1), clock })
    for (let count = 0; count < 100; count += 1) news()
    await clock.advance(250)
    expect(words).toBe(1)
    expect(clock.armed).toBe(0)
    news()
    await clock.advance(250)
    expect(words).toBe(2)
  })
})

describe('the size of the content', () => {
  beforeEach(() => make())

  it('is set, and again for a page that is loaded once more', () => {
    popover.zoomTo(1.5)
    expect(window.webContents.zoom).toBe(1.5)
    window.webContents.zoom = 1
    window.webContents.emit('dom-ready')
    expect(window.webContents.zoom).toBe(1.5)
  })

  it('makes the window wide enough for it, but not narrower', () => {
    popover.zoomTo(2)
    expect([window.size, window.smallest]).toEqual([
      [640, 600],
      [640, 400],
    ])
    popover.zoomTo(1)
    expect([window.size, window.smallest]).toEqual([
      [640, 600],
      [320, 400],
    ])
  })

  it('is not set once the window is gone', () => {
    window.destroy()
    popover.zoomTo(2)
    expect(window.webContents.zoom).toBe(1)
  })
})
