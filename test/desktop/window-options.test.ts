import { expect, it } from 'vitest'
import { createWindowMaker, windowOptions } from '../../main/desktop/window-options.ts'
import { FakeSession } from './fake-electron.ts'

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

it('makes windows that know whether the program is packaged', () => {
  const made: unknown[] = []
  const BrowserWindow = class {
    constructor(options: unknown) {
      made.push(options)
    }
  } as unknown as typeof Electron.BrowserWindow
  const make = createWindowMaker(
    { BrowserWindow, app: { isPackaged: true } },
    { folder: '/app/out/main', platform: 'linux', session, icon },
  )
  make(size)
  expect(made).toEqual([optionsOn('linux')])
})
