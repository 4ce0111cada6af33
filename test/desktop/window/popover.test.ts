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
/** The revision of the next snapshot that is taken. */
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

it('loads our page, in the size that it had the last time', () => {
  expect([window.loaded, window.size]).toEqual([[PAGE_URL], [400, 600]])
})

describe('opening', () => {
  it('waits until there is something to see', () => {
    popover.open()
    expect(window.isVisible()).toBe(false)
    ready()
    expect([window.isVisible(), window.isFocusedNow]).toEqual([true, true])
  })

  it('waits no longer than for the page, where the system does not say that it is ready', () => {
    popover.open()
    window.webContents.emit('did-finish-load')
    expect(window.isVisible()).toBe(true)
    popover.hide()
    ready()
    expect(window.isVisible()).toBe(false)
  })

  it('waits 2 s at most, also for a page that never comes', async () => {
    popover.open()
    await clock.advance(1_999)
    expect(window.isVisible()).toBe(false)
    await clock.advance(1)
    expect(window.isVisible()).toBe(true)
  })

  it('does not come back by itself once it was closed while it was waited for', async () => {
    popover.open()
    popover.close()
    await clock.advance(2_000)
    expect(window.isVisible()).toBe(false)
  })

  it('shows nothing that nobody asked for', () => {
    ready()
    expect(window.isVisible()).toBe(false)
  })

  it('puts it under the icon', () => {
    popover.open()
    ready()
    expect(window.position).toEqual([812, 28])
  })

  it('leaves it where the compositor puts it', () => {
    make('linux', true)
    popover.open()
    ready()
    expect([window.position, window.isVisible()]).toEqual([null, true])
  })

  it('brings it back from where it was minimized to', () => {
    ready()
    window.isMinimizedNow = true
    popover.open()
    expect(window.isMinimizedNow).toBe(false)
  })

  it('opens again where it was closed while it was minimized', () => {
    make('linux', true)
    popover.open()
    ready()
    window.isMinimizedNow = true
    expect(isPrevented(window, 'close')).toBe(true)
    expect(window.isVisible()).toBe(false)
    popover.open()
    expect(window.isVisible()).toBe(true)
  })

  it('is shown to who could not come in otherwise, unless it was shown before', () => {
    popover.openOnce()
    ready()
    expect(window.isVisible()).toBe(true)
    popover.close()
    expect([window.isVisible(), closed]).toEqual([false, 1])
    popover.openOnce()
    expect(window.isVisible()).toBe(false)
  })

  it('does not move what is open already', () => {
    popover.open()
    ready()
    window.position = null
    popover.open()
    expect(window.position).toBeNull()
  })

  it('goes to a place in the page, the same one twice if need be', () => {
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

  it('happens when the person goes elsewhere', () => {
    window.emit('blur')
    expect(window.isVisible()).toBe(false)
  })

  it('does not happen while a dialog of ours has the focus', async () => {
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

  it('is left to the person on Linux, where the focus comes and goes', () => {
    make('linux')
    popover.open()
    ready()
    window.emit('blur')
    expect(window.isVisible()).toBe(true)
    popover.hide()
    expect(window.isVisible()).toBe(false)
  })

  it('and opening take turns at the icon', () => {
    popover.toggle()
    expect(window.isVisible()).toBe(false)
    popover.toggle()
    expect(window.isVisible()).toBe(true)
  })

  it('is not what a click on the icon means where it is open behind other windows', () => {
    make('linux')
    popover.open()
    ready()
    window.isFocusedNow = false
    popover.toggle()
    expect([window.isVisible(), window.isFocusedNow]).toEqual([true, true])
    popover.toggle()
    expect(window.isVisible()).toBe(false)
  })

  it('is what a click on the icon means that has taken the focus away', async () => {
    window.emit('blur')
    popover.toggle()
    expect(window.isVisible()).toBe(false)
    await clock.advance(300)
    popover.toggle()
    expect(window.isVisible()).toBe(true)
  })

  it('is for good only when the program ends', () => {
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

  it('remembers the size that it had when the program ended', () => {
    popover.open()
    ready()
    window.size = [500, 700]
    popover.remove()
    expect(written.at(-1)).toEqual({ width: 500, height: 700 })
  })
})

describe('a page that fails', () => {
  it('is in the log by the place where it did, without its words', () => {
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

  it('is loaded again where its load has failed, unless another one took its place', () => {
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

  it('is given up after three times in a minute, which is said', () => {
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

  it('is loaded once more when the person opens it after that', () => {
    for (let time = 0; time < 4; time += 1) crash()
    popover.open()
    expect(window.loaded).toHaveLength(5)
  })

  it('is not loaded while the program ends', () => {
    popover.remove()
    crash()
    expect(window.loaded).toHaveLength(1)
  })
})

describe('a snapshot', () => {
  const revisions = () =>
    window.webContents.sent.map(({ value }) => (value as { revision: number }).revision)

  it('is sent to a page that is in sight', () => {
    popover.open()
    ready()
    const snapshot = makeSnapshot()
    popover.send(snapshot)
    expect(window.webContents.sent).toEqual([{ channel: 'tokentray:snapshot', value: snapshot }])
  })

  it('is sent as what has changed to a page that has another one, and not at all if it shows the same', () => {
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

  it('is not sent to a page that nobody sees, which gets a fresh one before it is shown', async () => {
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

  it('that is being made shows no window that was hidden again meanwhile', async () => {
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

  it('that could not be made keeps no window from being shown, and is made again', async () => {
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

  it('is not sent while the window is minimized, and a fresh one when it comes back', async () => {
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

  it('is not sent to a page that is not there', () => {
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

it('tells when Windows ends the session', () => {
  window.emit('session-end')
  expect(ends).toBe(1)
})

it('is before the person’s eyes only if it is open and has the focus', () => {
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

  it('is told of as it goes on, and to a page that nobody sees once it is shown again', () => {
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

  it('is told of once for many lines, and of the last one too', async () => {
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
