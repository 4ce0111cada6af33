import { expect, it } from 'vitest'
import { createWindowMaker, windowOptions } from '../../../main/desktop/window/window-options.ts'
import { FakeSession } from '../fake-electron.ts'

const session = new FakeSession().asSession
const icon = '/app/icon.png'
const size = { width: 380, height: 560 }
const optionsOn = (platform: NodeJS.Platform, isPackaged = true) =>
  windowOptions({ folder: '/app/out/main', platform, isPackaged, session, icon, size })

it('gives the page a sandbox of its own, without Node, and the preload only', () => {
  expect(optionsOn('linux').webPreferences).toEqual({
    preload: '/app/out/preload/index.cjs',
    session,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
  })
})

it('has developer tools only while it is developed', () => {
  expect(optionsOn('linux', false).webPreferences?.devTools).toBe(true)
})

it('shows nothing before there is something to see', () => {
  expect(optionsOn('darwin').show).toBe(false)
})

it.each([
  ['darwin', { frame: false, skipTaskbar: true, alwaysOnTop: true }],
  ['win32', { frame: false, skipTaskbar: true, alwaysOnTop: true }],
  ['linux', { frame: true, skipTaskbar: false, alwaysOnTop: false }],
] as const)('hangs on the icon or is a window like others: %s', (platform, expected) => {
  expect(optionsOn(platform)).toMatchObject({
    ...expected,
    ...size,
    minWidth: 360,
    resizable: true,
  })
})

it('has an icon also where no desktop entry gives it one', () => {
  expect(optionsOn('linux').icon).toBe(icon)
  expect(optionsOn('darwin')).not.toHaveProperty('icon')
  expect(optionsOn('win32')).not.toHaveProperty('icon')
})

/** Makes a window on a system: what it was made with, and what was asked of it then. */
function make(platform: NodeJS.Platform) {
  const options: unknown[] = []
  const asked: unknown[] = []
  const BrowserWindow = class {
    constructor(given: unknown) {
      options.push(given)
    }

    setVisibleOnAllWorkspaces(...given: unknown[]): void {
      asked.push(given)
    }
  } as unknown as typeof Electron.BrowserWindow
  createWindowMaker(
    { BrowserWindow, app: { isPackaged: true } },
    { folder: '/app/out/main', platform, session, icon },
  )(size)
  return { options, asked }
}

it('makes windows that know whether the program is packaged', () => {
  expect(make('linux').options).toEqual([optionsOn('linux')])
})

it('comes into sight on macOS over an app that fills the screen', () => {
  const everywhere = { visibleOnFullScreen: true, skipTransformProcessType: true }
  expect(make('darwin').asked).toEqual([[true, everywhere]])
  expect([make('linux').asked, make('win32').asked]).toEqual([[], []])
})
