import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { passSignalsOn } from './pass-signals-on.mjs'

/** What Chromium says before it ends itself because it may have no sandbox; the words are of several kinds. */
const NO_SANDBOX = /FATAL:[^\n]*sandbox/i

/** That much of what came before can hold the beginning of that sentence. */
const KEPT = 4096

/**
 * Runs Electron to its end: signals to stop go on to it.
 * @param {string} binary
 * @param {readonly string[]} options
 * @param {string} cwd
 * @returns {Promise<{ readonly code: number, readonly hasNoSandbox: boolean }>}
 */
export async function runElectron(binary, options, cwd) {
  const child = spawn(binary, options, { cwd, stdio: ['inherit', 'inherit', 'pipe'] })
  passSignalsOn(child)
  let last = ''
  let isSaid = false
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk)
    last = `${last}${chunk}`.slice(-KEPT)
    isSaid ||= NO_SANDBOX.test(last)
  })
  const [code, signal] = await once(child, 'close')
  // A process of Chromium's own may say it, too, and the app goes on; this one was ended by it.
  return { code: code ?? 1, hasNoSandbox: isSaid && (signal !== null || code >= 128) }
}

/**
 * What is wrong where Chromium may have no sandbox, and what to do.
 * @param {string} binary
 * @param {boolean} isRoot
 */
export function sandboxHelp(binary, isRoot) {
  if (isRoot) return 'Chromium has no sandbox for root. Start it as another user.'
  const helper = path.join(path.dirname(binary), 'chrome-sandbox')
  return [
    'This system lets Chromium have no sandbox, as Ubuntu does since 23.10.',
    'Install the deb, which brings the permission for it, or give it here:',
    `  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
  ].join('\n')
}
