import { expect, it } from 'vitest'
import { createWindowMaker, windowOptions } from '../../../main/desktop/window/window-options.ts'
import { FakeSession } from '../fake-electron.ts'

const session = new FakeSession().asSession
const icon = '/app/icon.png'
const size = { width: 380, height: 560 }
const optionsOn = (platform: NodeJS.Platform, isPackaged = true) =>
  windowOptions({ folder: '/app/out/main', platform, isPackaged, session, icon, size })

it('gives the page its own sandbox, without Node, with only the preload script', () => {
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

it('has developer tools only in development', () => {
  expect(optionsOn('linux', false).webPreferences?.devTools).toBe(true)
})

it('is hidden until the page is ready', () => {
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
    minWidth: 320,
    resizable: true,
  })
})

it('has an icon even without a desktop entry', () => {
  expect(optionsOn('linux').icon).toBe(icon)
  expect(optionsOn('darwin')).not.toHaveProperty('icon')
  expect(optionsOn('win32')).not.toHaveProperty('icon')
})

/** Creates a window on a platform, and records its options and calls. */
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

it('passes on whether the program is packaged', () => {
  expect(make('linux').options).toEqual([optionsOn('linux')])
})

it('is shown on macOS over a full-screen app', () => {
  const everywhere = { visibleOnFullScreen: true, skipTransformProcessType: true }
  expect(make('darwin').asked).toEqual([[true, everywhere]])
  expect([make('linux').asked, make('win32').asked]).toEqual([[], []])
})
