import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { passSignalsOn } from './pass-signals-on.mjs'
import { runElectron, sandboxHelp } from './run-electron.mjs'

/*
 * `npm start`: builds, then opens the tray app if there is a display, Electron's binary and a sandbox for
 * Chromium; otherwise it starts the same broker as an agent. `npm start -- --demo` runs it with simulated
 * services.
 */

const FETCH_MS = 60_000
const root = path.resolve(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tokentray needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}
if (!existsSync(path.join(root, 'node_modules', 'vite'))) {
  console.error('The dependencies are missing. Run: npm ci')
  process.exit(1)
}

const args = process.argv.slice(2)
const demo = args.includes('--demo')
build('electron-vite', ['build', '--logLevel', 'warn'])
build('vite', ['build', '--logLevel', 'warn'])
if (demo) {
  build('vite', ['build', '--mode', 'programs', '--logLevel', 'warn'])
  run(process.execPath, ['out/programs/demo.js', ...args.filter((arg) => arg !== '--demo')])
} else {
  const missing = missingForDesktop()
  const binary = electronBinary()
  if (missing || !binary) {
    startAgent(`The tray app cannot start: ${missing}. `)
  } else {
    const { code, hasNoSandbox } = await runElectron(binary, ['.', ...args], root).catch(fail)
    if (!hasNoSandbox) process.exit(code)
    startAgent(`The tray app cannot start. ${sandboxHelp(binary, process.getuid?.() === 0)}\n`)
  }
}

/**
 * @param {string} reason
 */
function startAgent(reason) {
  console.log(`${reason}Starting the agent instead.`)
  run(process.execPath, ['out/cli/tokentray.cjs', 'serve', ...args])
}

/**
 * What the tray app lacks on this machine, in a few words. Downloads Electron's binary if it is missing.
 * @returns {string | undefined}
 */
function missingForDesktop() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) {
    return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  }
  if (electronBinary()) return undefined
  if (major < 22 || (major === 22 && minor < 12)) {
    return `Electron's binary is missing, and Node ${process.versions.node} is too old to download it (22.12 can)`
  }
  console.log('Downloading Electron, for at most a minute.')
  spawnSync(process.execPath, [require.resolve('electron/install.js')], {
    stdio: 'ignore',
    timeout: FETCH_MS,
    killSignal: 'SIGKILL',
  })
  return electronBinary() ? undefined : "Electron's binary is missing and could not be downloaded"
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
 * Runs one of this project's build tools, and exits with its code if it fails.
 * @param {string} tool
 * @param {string[]} options
 */
function build(tool, options) {
  const packageFile = path.join(root, 'node_modules', tool, 'package.json')
  const { bin } = JSON.parse(readFileSync(packageFile, 'utf8'))
  const script = path.join(path.dirname(packageFile), typeof bin === 'string' ? bin : bin[tool])
  const { status } = spawnSync(process.execPath, [script, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * Runs the program itself. Signals that ask to stop are forwarded, it exits when this process is killed, and
 * its exit code becomes ours.
 * @param {string} command
 * @param {string[]} options
 */
function run(command, options) {
  // When this process is killed, the channel closes and the program notices.
  const child = spawn(command, options, {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  passSignalsOn(child)
  child.on('error', fail)
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

/**
 * @param {Error} error
 * @returns {never}
 */
function fail(error) {
  console.error(error.message)
  process.exit(1)
}
