import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { App, findForm, makePreview, missingForPreview } from './app.mjs'
import { Programs } from './programs.mjs'
import { HELP, readOptions } from './start-options.mjs'
import { TemporaryFolder } from './temporary-folder.mjs'

/*
 * `npm start`: builds, then opens the tray app if there is a display, Electron's binary and a sandbox for
 * Chromium; otherwise it starts the same broker as an agent. `npm start -- --help` lists the options.
 */

const PREVIEW = `Chromium shows Tokentray's window. This is only a preview of the app: it has no tray
icon, this terminal shows its notifications, and closing the window ends it.`

const root = path.resolve(import.meta.dirname, '..')

try {
  process.exitCode = await start()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
// A channel to a program that has ended, or its output, must not keep this process.
process.exit()

/** @returns {Promise<number>} */
async function start() {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  checkMachine(options)
  // A terminal that was closed takes no more lines, but everything must still be stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const programs = new Programs()
  await buildAll(programs, options)
  // For the home of the demo, and for what Chromium writes, which remembers more than Electron.
  const folder = options.demo || options.preview ? new TemporaryFolder() : undefined
  try {
    return await run(programs, options, folder)
  } finally {
    await folder?.remove()
  }
}

/**
 * Runs Tokentray until it ends, and resolves with its exit code.
 * @param {Programs} programs
 * @param {ReturnType<typeof readOptions>} options
 * @param {TemporaryFolder | undefined} folder
 */
async function run(programs, options, folder) {
  const form = folder && options.preview ? await makePreview(folder.path) : await findForm(programs)
  if (programs.isStopping) return 1
  /** @param {{ env: NodeJS.ProcessEnv, memory: boolean, isQuiet: boolean }} how */
  const startApp = (how) =>
    new App(form, { ...how, programs, started: (child) => folder?.isUsedBy(child) })
  if (!folder || !options.demo) {
    if (form.kind === 'preview') console.log(PREVIEW)
    return startApp({ env: process.env, memory: options.memory, isQuiet: false }).ended
  }
  /** @type {typeof import('../test/demo/demo.ts')} */
  const { runDemo } = await import(pathToFileURL(path.join(root, 'out/programs/demo.js')).href)
  return runDemo({
    folder: folder.path,
    start: (env) => startApp({ env, memory: true, isQuiet: true }),
    isStopping: () => programs.isStopping,
    stop: () => programs.stop('SIGTERM'),
  })
}

/**
 * Throws an error with a sentence for the user if something is missing here.
 * @param {ReturnType<typeof readOptions>} options
 */
function checkMachine({ preview }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Tokentray needs Node 20.19 or newer; this is ${process.versions.node}.`)
  }
  if (!existsSync(path.join(root, 'node_modules', 'vite'))) {
    throw new Error('The dependencies are missing. Run: npm ci')
  }
  const obstacle = preview ? missingForPreview(process.env) : undefined
  if (obstacle) throw new Error(obstacle)
}

/**
 * @param {Programs} programs
 * @param {ReturnType<typeof readOptions>} options
 */
async function buildAll(programs, { demo, preview }) {
  console.log('Building…')
  await build(programs, 'electron-vite', ['build', '--logLevel', 'warn'])
  await build(programs, 'vite', ['build', '--logLevel', 'warn'])
  if (!demo && !preview) return
  await build(programs, 'vite', ['build', '--mode', 'programs', '--logLevel', 'warn'])
}

/**
 * Runs one of this project's build tools; exits with its code if it fails, having said why.
 * @param {Programs} programs
 * @param {string} tool
 * @param {readonly string[]} args
 */
async function build(programs, tool, args) {
  const packageFile = path.join(root, 'node_modules', tool, 'package.json')
  const { bin } = JSON.parse(readFileSync(packageFile, 'utf8'))
  const script = path.join(path.dirname(packageFile), typeof bin === 'string' ? bin : bin[tool])
  const child = programs.spawn(process.execPath, [script, ...args], {
    ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  })
  const [code] = await once(child, 'close')
  if (code !== 0 || programs.isStopping) process.exit(code ?? 1)
}
