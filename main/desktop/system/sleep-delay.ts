import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Log } from '../../base/log.ts'

/** A child process that delays sleep until its stdin is closed. */
interface Delaying {
  /** Undefined if it could not be started for lack of file descriptors. */
  readonly stdin: Pick<Writable, 'end' | 'on'> | null | undefined
  on(event: 'error' | 'exit', listener: () => void): unknown
}

interface SleepDelayPorts {
  readonly platform: NodeJS.Platform
  readonly log: Log
  readonly start?: () => Delaying
}

/**
 * Delays sleep while it is `needed`; logind waits at most 5 s. If the delay cannot be taken or is lost,
 * sleep is not delayed until it is needed again, which is logged.
 */
export function createSleepDelay({ platform, log, start = startInhibitor }: SleepDelayPorts) {
  let isNeeded = false
  let held: Delaying | null = null
  const take = (): void => {
    const taken = start()
    held = taken
    const gone = () => {
      // Released by us.
      if (held !== taken) return
      held = null
      log.info('sleep cannot be delayed until the clipboard is cleared')
    }
    taken.on('error', gone)
    taken.on('exit', gone)
    // It may have exited already when its stdin is closed.
    taken.stdin?.on('error', () => undefined)
  }
  const release = (): void => {
    const ended = held
    held = null
    ended?.stdin?.end()
  }
  return (needed: boolean): void => {
    if (needed === isNeeded || platform !== 'linux') return
    isNeeded = needed
    if (needed) take()
    else release()
  }
}

/**
 * logind returns the lock as a file descriptor, which no D-Bus library for Node can receive, but
 * `systemd-inhibit` can. However this process exits, the pipe closes, and with it `cat` and the lock end.
 */
function startInhibitor(): Delaying {
  const why = 'Clearing a copied token from the clipboard'
  return spawn(
    'systemd-inhibit',
    ['--what=sleep', '--mode=delay', '--who=Tokentray', `--why=${why}`, 'cat'],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  )
}
