import { spawn } from 'node:child_process'
import { systemClock } from '../../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'
import { openOnce } from '../../../base/sockets/one-time-redirect.ts'

type Command = readonly [program: string, ...args: string[]]

/**
 * Opens a one-time link in the user's browser. Calls `opened` once the browser was started, and resolves once
 * it has requested the link. If there is no browser, or it requests nothing, rejects with a hint to print the
 * link instead.
 */
export async function openInBrowser(url: Secret, opened: () => void): Promise<void> {
  let isOver = false
  const open = async (localUrl: string) => {
    await run(openerOf(process.platform, localUrl))
    // Some openers exit only with the browser, long after it has requested the link.
    if (!isOver) opened()
  }
  try {
    await openOnce(url, open, { clock: systemClock })
  } catch (error) {
    if (!isTokentrayError(error) || error.code === 'unexpected_answer') throw error
    throw new TokentrayError(error.code, error.message, {
      cause: error,
      hint: 'Print the link with --print and open it yourself.',
    })
  } finally {
    isOver = true
  }
}

/** The command that opens an address on this platform. It is started without a shell, which could misread it. */
export function openerOf(platform: NodeJS.Platform, address: string): Command {
  switch (platform) {
    case 'darwin':
      return ['open', address]
    case 'win32':
      return ['rundll32.exe', 'url.dll,FileProtocolHandler', address]
    default:
      return ['xdg-open', address]
  }
}

/**
 * Resolves when the program has exited with 0; if it is the browser itself, that is when it is closed. Rejects
 * with `invalid_request` if there is no such program, with `temporarily_unavailable` if it fails.
 */
export function run([program, ...args]: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    // Detached: a browser that it starts must outlive this command.
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    })
    child.on('error', (error) => reject(missing(program, error)))
    child.on('exit', (code) => (code === 0 ? resolve() : reject(failed(program))))
    child.unref()
  })
}

const missing = (program: string, cause: Error) =>
  new TokentrayError('invalid_request', `Cannot open a browser: "${program}" is not installed.`, {
    cause,
  })

const failed = (program: string) =>
  new TokentrayError('temporarily_unavailable', `"${program}" could not open a browser.`)
