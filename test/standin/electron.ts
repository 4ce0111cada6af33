import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { ClipboardItem, clipboard } from './clipboard.ts'
import { dialog } from './dialog.ts'
import { globalShortcut } from './global-shortcut.ts'
import { ipcMain } from './ipc-main.ts'
import { Menu, MenuItem } from './menu.ts'
import { nativeImage } from './native-image.ts'
import { Notification } from './notification.ts'
import { session } from './session.ts'
import {
  crashReporter,
  nativeTheme,
  net,
  powerMonitor,
  safeStorage,
  screen,
  shell,
  systemPreferences,
} from './small-parts.ts'
import { Tray } from './tray.ts'
import { utilityProcess } from './utility-process.ts'
import { WebContents } from './web-contents.ts'

const { protocol } = session.defaultSession
const webContents = {
  getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
}

/** All members, under their names in Electron. */
const electron = {
  app,
  BrowserWindow,
  ClipboardItem,
  clipboard,
  crashReporter,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
  WebContents,
  webContents,
}

/*
 * What `import 'electron'` returns in the main process: the part of the API that a tray app uses, on
 * Debian's Chromium, the X server and the session bus.
 */
export {
  app,
  BrowserWindow,
  ClipboardItem,
  clipboard,
  crashReporter,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
  WebContents,
  webContents,
}

// biome-ignore lint/style/noDefaultExport: Electron's module has one, and electron-store takes it.
export default electron
