import { once } from 'node:events'
import path from 'node:path'

/** What Chromium prints before it aborts because no sandbox is available; the wording varies. */
const NO_SANDBOX = /FATAL:[^\n]*sandbox/i

/** How much earlier output to keep, in case the message began there. */
const KEPT = 4096

/**
 * Waits until Electron exits, and passes on what it prints to the pipe of its standard error.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ readonly code: number, readonly hasNoSandbox: boolean }>}
 */
export async function electronEnds(child) {
  let last = ''
  let isSaid = false
  child.stderr?.on('data', (chunk) => {
    process.stderr.write(chunk)
    last = `${last}${chunk}`.slice(-KEPT)
    isSaid ||= NO_SANDBOX.test(last)
  })
  const [code, signal] = await once(child, 'close')
  // A child process of Chromium may print it too without ending the app.
  return { code: code ?? 1, hasNoSandbox: isSaid && (signal !== null || code >= 128) }
}

/**
 * Why Chromium's sandbox is not available, and what to do.
 * @param {string} binary
 * @param {boolean} isRoot
 */
export function sandboxHelp(binary, isRoot) {
  if (isRoot) return 'Chromium has no sandbox for root. Start Tokentray as another user.'
  const helper = path.join(path.dirname(binary), 'chrome-sandbox')
  return [
    "This system does not allow Chromium's sandbox, as Ubuntu since 23.10.",
    'Install the deb, which includes the permission, or grant it here:',
    `  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
  ].join('\n')
}
