import { once } from 'node:events'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const FETCH_MS = 60_000
const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const require = createRequire(import.meta.url)

/**
 * Why no window can be shown here, in a sentence.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function missingDisplay({ DISPLAY, WAYLAND_DISPLAY }) {
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY) return undefined
  return 'There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.'
}

/**
 * Electron's binary, which is downloaded if it is missing, or a sentence that says why there is none.
 * @param {import('./programs.mjs').Programs} programs
 * @returns {Promise<{ readonly binary: string } | { readonly reason: string }>}
 */
export async function getElectron(programs) {
  const there = electronBinary()
  if (there) return { binary: there }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 12)) {
    return { reason: 'Electron is missing, and only Node 22.12 or newer can download it.' }
  }
  console.log('Downloading Electron, for at most a minute.')
  const download = programs.spawn(process.execPath, [require.resolve('electron/install.js')], {
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: FETCH_MS,
    killSignal: 'SIGKILL',
  })
  await once(download, 'close')
  const binary = electronBinary()
  return binary ? { binary } : { reason: 'Electron is missing and could not be downloaded.' }
}

/**
 * The path of Electron's binary, in the folder that ELECTRON_OVERRIDE_DIST_PATH names or where the package
 * installs it. Importing the package would start a download.
 * @returns {string | undefined}
 */
function electronBinary() {
  const folder = path.dirname(require.resolve('electron/package.json'))
  const note = path.join(folder, 'path.txt')
  const name = existsSync(note) ? readFileSync(note, 'utf8').trim() : 'electron'
  const binary = path.join(
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] || path.join(folder, 'dist'),
    name,
  )
  return existsSync(binary) ? binary : undefined
}

/**
 * A Chromium on the PATH, for the preview.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findChromium({ PATH = '' }) {
  const folders = PATH.split(path.delimiter).filter(path.isAbsolute)
  return CHROMIUMS.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    isExecutable,
  )
}

/**
 * @param {string} file
 */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
