import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { parseUrl } from '../../main/base/text/parse-url.ts'
import { must } from './basics.ts'
import { onWayland } from './wayland.ts'

/** `shell`: links go to the desktop's opener, which the tests replace on the PATH. */
export const shell = {
  openExternal: (url: string): Promise<void> => {
    must(parseUrl(url) !== null, 'Invalid URL')
    return open(url)
  },
  openPath: async (file: string): Promise<string> => {
    await open(file)
    return ''
  },
  showItemInFolder: () => undefined,
  beep: () => undefined,
}

function open(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opener = spawn('xdg-open', [target], { stdio: 'ignore' })
    opener.on('error', reject)
    opener.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('Failed to open'))))
  })
}

/** The results of dialogs: as set by the test, otherwise cancelled. */
export const answers: { files: readonly string[]; button: number; usedAt: number } = {
  ...{ files: [], button: 0 },
  /** When the computer was last used, epoch milliseconds. */
  usedAt: Date.now(),
}

/**
 * `powerMonitor`; as on Linux it never reports a screen lock. On Wayland Chromium knows the idle time of KWin and of
 * Mutter only, and otherwise says 0 (its wayland_screen.cc).
 */
export const powerMonitor = Object.assign(new EventEmitter(), {
  getSystemIdleTime: () => (onWayland ? 0 : Math.floor((Date.now() - answers.usedAt) / 1_000)),
  getSystemIdleState: () => 'active',
  isOnBatteryPower: () => false,
  getCurrentThermalState: () => 'unknown',
})

/** `nativeTheme`. */
class NativeTheme extends EventEmitter {
  shouldUseDarkColors = false
  #source = 'system'
  #isSystemDark = false

  get themeSource(): string {
    return this.#source
  }

  set themeSource(source: string) {
    must(['system', 'light', 'dark'].includes(source), `Invalid themeSource value provided`)
    this.#source = source
    this.#update()
  }

  /** What the desktop prefers; set by the test. */
  setSystemDark(isDark: boolean): void {
    this.#isSystemDark = isDark
    this.#update()
  }

  #update(): void {
    this.shouldUseDarkColors =
      this.#source === 'system' ? this.#isSystemDark : this.#source === 'dark'
    this.emit('updated')
  }
}

export const nativeTheme = Object.assign(new NativeTheme(), {
  shouldUseHighContrastColors: false,
  shouldUseInvertedColorScheme: false,
  inForcedColorsMode: false,
  prefersReducedTransparency: false,
})

const area = { x: 0, y: 0, width: 1280, height: 800 }
const display = {
  ...{ id: 1, label: 'Xvfb', scaleFactor: 1, rotation: 0, internal: false },
  ...{ bounds: area, workArea: area, size: area, workAreaSize: area },
}

/** `screen`: one display, with the pointer near its upper right corner, which Wayland does not report. */
export const screen = Object.assign(new EventEmitter(), {
  getCursorScreenPoint: () => (onWayland ? { x: 0, y: 0 } : { x: 1200, y: 10 }),
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayNearestPoint: () => display,
  getDisplayMatching: () => display,
})

/** `net`. */
export const net = {
  fetch: (target: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = target instanceof Request ? target.url : String(target)
    if (!url.startsWith('file:')) return fetch(target, init)
    return Promise.resolve(new Response(new Uint8Array(readFileSync(new URL(url)))))
  },
  isOnline: () => true,
}

/** `safeStorage`: none here. */
export const safeStorage = {
  isEncryptionAvailable: () => false,
  getSelectedStorageBackend: () => 'unknown',
  encryptString: (): never => {
    throw new Error('Error while encrypting the text provided to safeStorage.encryptString.')
  },
  decryptString: (): never => {
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.')
  },
}

/** `crashReporter` and `systemPreferences` do nothing here. */
export const crashReporter = { start: () => undefined }
export const systemPreferences = Object.assign(new EventEmitter(), {
  getAnimationSettings: () => ({
    shouldRenderRichAnimation: true,
    scrollAnimationsEnabledBySystem: true,
    prefersReducedMotion: false,
  }),
})
