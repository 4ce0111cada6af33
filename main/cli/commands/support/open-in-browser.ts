import { spawn } from 'node:child_process'
import { systemClock } from '../../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'
import { openOnce } from '../../../base/sockets/one-time-redirect.ts'

type Command = readonly [program: string, ...args: string[]]

/**
 * Opens a link for one visit in the person's browser, calls `opened` once that was started, and
 * resolves once it has asked for the link. Rejects with a hint to have it printed instead where there
 * is no browser, or none asks.
 */
export async function openInBrowser(url: Secret, opened: () => void): Promise<void> {
  let isOver = false
  const open = async (localUrl: string) => {
    await run(openerOf(process.platform, localUrl))
    // Some openers end with the browser, long after the visit.
    if (!isOver) opened()
  }
  try {
    await openOnce(url, open, { clock: systemClock })
  } catch (error) {
    if (!isTokentrayError(error) || error.code === 'unexpected_answer') throw error
    throw new TokentrayError(error.code, error.message, {
      cause: error,
      hint: 'Have the link printed with --print, and open it yourself.',
    })
  } finally {
    isOver = true
  }
}

/** What opens an address on this system; it goes to no shell that would read it. */
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
 * Resolves when the program has ended well, which is when the browser is closed where it starts that
 * itself; rejects with `invalid_request` where there is no such program, and with
 * `temporarily_unavailable` where it fails.
 */
export function run([program, ...args]: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    // It goes on without us: a browser that it starts must not end with this command.
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
  new TokentrayError('invalid_request', `There is no "${program}" here to open a browser.`, {
    cause,
  })

const failed = (program: string) =>
  new TokentrayError('temporarily_unavailable', `"${program}" could not open a browser.`)
