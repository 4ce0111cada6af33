import path from 'node:path'
import type { App, BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'

export interface Size {
  readonly width: number
  readonly height: number
}

export const SMALLEST: Size = { width: 360, height: 400 }
export const USUAL: Size = { width: 380, height: 560 }

interface WindowSetting {
  /** Where the compiled main process lies. */
  readonly folder: string
  readonly platform: NodeJS.Platform
  readonly isPackaged: boolean
  readonly session: Session
  /** The file of the icon; elsewhere than on Linux it is that of the program. */
  readonly icon: string
  readonly size: Size
}

/** Makes the one window there is, in any size. */
export function createWindowMaker(
  native: { readonly BrowserWindow: typeof BrowserWindow; readonly app: Pick<App, 'isPackaged'> },
  setting: Omit<WindowSetting, 'size' | 'isPackaged'>,
): (size: Size) => BrowserWindow {
  const { isPackaged } = native.app
  return (size) => {
    const window = new native.BrowserWindow(windowOptions({ ...setting, size, isPackaged }))
    // Else macOS would go to another Space to show it, away from an app that fills the screen. The app has no
    // place in the Dock already; Electron would hide the window to take it out of there.
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
 * The popover's window. Security: a renderer without Node, apart from the page's own world, in the
 * sandbox, with a session of its own that lives in memory.
 */
export function windowOptions(setting: WindowSetting): BrowserWindowConstructorOptions {
  const { folder, platform, isPackaged, session, icon, size } = setting
  // A Linux desktop places windows itself, and without a frame nobody could move this one.
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
      // Else Chromium would fetch dictionaries, and learn words that were typed.
      spellcheck: false,
      devTools: !isPackaged,
    },
  }
}
