import path from 'node:path'
import type { App, BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'

export interface Size {
  readonly width: number
  readonly height: number
}

export const SMALLEST: Size = { width: 320, height: 400 }
export const USUAL: Size = { width: 380, height: 560 }

interface WindowSetting {
  /** The folder of the compiled main process. */
  readonly folder: string
  readonly platform: NodeJS.Platform
  readonly isPackaged: boolean
  readonly session: Session
  /** The icon file, for Linux; other systems use the icon of the program. */
  readonly icon: string
  readonly size: Size
}

/** Creates the window in a given size. */
export function createWindowMaker(
  native: { readonly BrowserWindow: typeof BrowserWindow; readonly app: Pick<App, 'isPackaged'> },
  setting: Omit<WindowSetting, 'size' | 'isPackaged'>,
): (size: Size) => BrowserWindow {
  const { isPackaged } = native.app
  return (size) => {
    const window = new native.BrowserWindow(windowOptions({ ...setting, size, isPackaged }))
    // Otherwise macOS would switch Spaces to show it, away from a full-screen app. The app is not in the
    // Dock, so the process type need not change, for which Electron would hide the window.
    if (setting.platform === 'darwin') {
      window.setVisibleOnAllWorkspaces(true, {
        visibleOnFullScreen: true,
        skipTransformProcessType: true,
      })
    }
    return window
  }
}

/**
 * The options of the window. Security: a sandboxed renderer without Node, with context isolation and
 * its own in-memory session.
 */
export function windowOptions(setting: WindowSetting): BrowserWindowConstructorOptions {
  const { folder, platform, isPackaged, session, icon, size } = setting
  // Linux desktops place windows themselves, and without a frame the user could not move this one.
  const hangsOnIcon = platform !== 'linux'
  return {
    ...size,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Tokentray',
    ...(platform === 'linux' && { icon }),
    frame: !hangsOnIcon,
    resizable: true,
    maximizable: false,
    fullscreenable: false,
    minimizable: !hangsOnIcon,
    skipTaskbar: hangsOnIcon,
    alwaysOnTop: hangsOnIcon,
    autoHideMenuBar: true,
    webPreferences: {
      preload: path.join(folder, '../preload/index.cjs'),
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
      // Otherwise Chromium would download dictionaries and learn typed words.
      spellcheck: false,
      devTools: !isPackaged,
    },
  }
}
