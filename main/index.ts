import path from 'node:path'
import { app, BrowserWindow, protocol } from 'electron'
import ElectronStore from 'electron-store'
import { systemClock } from './base/clock.ts'
import { findDirectories } from './base/directories.ts'
import { denyAll } from './broker/ports.ts'
import { startTokentray } from './compose.ts'
import { SCHEME, serveRenderer } from './desktop/renderer-files.ts'
import { windowOptions } from './desktop/window-options.ts'
import { createLog } from './log.ts'
import { openSettings } from './settings/conf-settings.ts'
import type { Settings } from './settings/schema.ts'

const STOP_MS = 10_000
const LOCK_WAIT_MS = 10_000

protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true } },
])

if (app.requestSingleInstanceLock()) {
  // Never awaited at the top level: Electron is ready only after this module was evaluated.
  void app.whenReady().then(start, fail)
} else {
  app.quit()
}

async function start(): Promise<void> {
  const directories = findDirectories()
  const log = createLog(process.env)
  protocol.handle(SCHEME, serveRenderer(path.join(import.meta.dirname, '../renderer')))
  const tokentray = await startTokentray({
    directories,
    memory: false,
    openSettings: () =>
      openSettings({
        folder: directories.config,
        clock: systemClock,
        createConf: ({ configName, ...options }) =>
          new ElectronStore<Settings>({ ...options, name: configName }),
      }),
    consent: denyAll,
    notify: { loginRequired: (account) => log.warn('login required', { account }) },
    lockWaitMs: LOCK_WAIT_MS,
    log,
    commandLine: ['tokentray'],
  })

  let state: 'running' | 'stopping' | 'stopped' = 'running'
  // Without a tray icon a Tokentray without a window could neither be seen nor ended.
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    void tokentray.stop(STOP_MS).finally(() => {
      state = 'stopped'
      app.quit()
    })
  })

  const window = new BrowserWindow(windowOptions(import.meta.dirname))
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  app.on('second-instance', () => window.show())
  await window.loadURL(`${SCHEME}://ui/index.html`)
}

function fail(error: unknown): void {
  createLog(process.env).error('Tokentray could not start', { error })
  app.exit(1)
}
