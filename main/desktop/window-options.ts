import path from 'node:path'
import type { BrowserWindowConstructorOptions } from 'electron'

/** Security: a renderer without Node, apart from the page's own world, in the sandbox. */
export function windowOptions(folder: string): BrowserWindowConstructorOptions {
  return {
    width: 360,
    height: 480,
    show: false,
    webPreferences: {
      preload: path.join(folder, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    },
  }
}
