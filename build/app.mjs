import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { electronEnds, sandboxHelp } from './electron-ends.mjs'
import { findChromium, getElectron, missingDisplay } from './find-programs.mjs'

/**
 * A form of the app: the tray app, its window in Chromium, or the agent, and how to start it.
 * @typedef {object} Form
 * @property {'tray' | 'preview' | 'agent'} kind
 * @property {string} command
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [reason]   Why it is not the tray app, in sentences.
 */

const root = path.resolve(import.meta.dirname, '..')

/**
 * The tray app, or the agent and why.
 * @param {import('./programs.mjs').Programs} programs
 * @returns {Promise<Form>}
 */
export async function findForm(programs) {
  const noDisplay = missingDisplay(process.env)
  if (noDisplay) return agent(noDisplay)
  const found = await getElectron(programs)
  return 'reason' in found
    ? agent(found.reason)
    : { kind: 'tray', command: found.binary, args: ['.'] }
}

/**
 * The sentence that says why there can be no preview here.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function missingForPreview(env) {
  if (process.platform !== 'linux') return 'The preview is made for Linux only.'
  if (!env['DISPLAY']) return 'The preview needs an X display, and DISPLAY is not set.'
  if (!findChromium(env)) {
    return 'The preview needs Chromium or Chrome on the PATH, and there is none.'
  }
  return undefined
}

/**
 * The app's window in Chromium; `folder` is for Chromium's own files.
 * @param {string} folder
 * @returns {Promise<Form>}
 */
export async function makePreview(folder) {
  const program = pathToFileURL(path.join(root, 'out/programs/standin.js')).href
  /** @type {typeof import('../test/standin/build.ts')} */
  const { buildStandin } = await import(program)
  const run = await buildStandin(path.join(root, 'out/standin'))
  const env = {
    STANDIN_SHOWN: '1',
    STANDIN_CHROMIUM: findChromium(process.env),
    TMPDIR: folder,
  }
  return { kind: 'preview', command: process.execPath, args: [run, 'out/main/index.js'], env }
}

/** @returns {Form} */
function agent(/** @type {string} */ reason) {
  const args = ['out/cli/tokentray.cjs', 'serve']
  return { kind: 'agent', command: process.execPath, args, reason }
}

/** Tokentray while it runs. */
export class App {
  #ports
  #form

  /**
   * Starts it in this form, or as an agent if Electron then turns out to have no sandbox.
   * @param {Form} form
   * @param {object} ports
   * @param {import('./programs.mjs').Programs} ports.programs
   * @param {NodeJS.ProcessEnv} ports.env
   * @param {boolean} ports.memory   Keep passwords in memory.
   * @param {boolean} ports.isQuiet   Open no window yet, and print no results.
   * @param {(child: import('node:child_process').ChildProcess) => void} ports.started
   */
  constructor(form, ports) {
    this.#ports = ports
    this.#form = form
    /** Resolves with its exit code when it has ended. */
    this.ended = this.#run()
  }

  get kind() {
    return this.#form.kind
  }

  /** Opens the window of a tray app that was started without it, as a second start of the app does. */
  open() {
    const { command, args, kind, env } = this.#form
    if (kind !== 'tray') return
    const child = this.#ports.programs.spawn(command, args, {
      ...{ cwd: root, env: { ...this.#ports.env, ...env } },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    child.on('error', () => undefined)
  }

  /** @returns {Promise<number>} */
  async #run() {
    const { programs, env, memory, isQuiet, started } = this.#ports
    const { command, args, kind, reason, env: more } = this.#form
    if (reason) this.#explain(reason)
    const options = [
      ...(memory ? ['--memory'] : []),
      ...(isQuiet && kind === 'tray' ? ['--hidden'] : []),
      ...(kind === 'preview' ? ['--no-tray'] : []),
    ]
    const child = programs.spawn(command, [...args, ...options], {
      ...{ cwd: root, env: { ...env, ...more } },
      stdio: ['inherit', isQuiet ? 'ignore' : 'inherit', kind === 'tray' ? 'pipe' : 'inherit'],
    })
    started(child)
    const { code, hasNoSandbox } = await electronEnds(child)
    if (!hasNoSandbox) return code
    this.#form = agent(sandboxHelp(command, process.getuid?.() === 0))
    return this.#run()
  }

  /**
   * @param {string} reason
   */
  #explain(reason) {
    console.log(`The tray app cannot start.\n${reason}`)
    console.log('Starting the agent instead, which has no window.')
    if (missingForPreview(process.env)) return
    console.log('To see the window in Chromium, add --preview to the command.')
  }
}
