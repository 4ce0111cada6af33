import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Log } from '../../base/log.ts'

/** A program that delays sleep until its input ends. */
interface Delaying {
  /** Not there where it could not be started for want of file descriptors. */
  readonly stdin: Pick<Writable, 'end' | 'on'> | null | undefined
  on(event: 'error' | 'exit', listener: () => void): unknown
}

interface SleepDelayPorts {
  readonly platform: NodeJS.Platform
  readonly log: Log
  readonly start?: () => Delaying
}

/**
 * Makes what asks the machine not to sleep before something is done: as long as that is `needed`, and
 * logind waits for no more than 5 s. Where that cannot be had, or is taken away, nothing is delayed, which
 * the log says, before it is needed anew.
 */
export function createSleepDelay({ platform, log, start = startInhibitor }: SleepDelayPorts) {
  let isNeeded = false
  let held: Delaying | null = null
  const take = (): void => {
    const taken = start()
    held = taken
    const gone = () => {
      // Ended by us it is not held any more.
      if (held !== taken) return
      held = null
      log.info('sleep cannot be delayed until the clipboard is cleared')
    }
    taken.on('error', gone)
    taken.on('exit', gone)
    // It may have ended already when it is to end.
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
 * logind hands a lock out as a file descriptor, which no library for Node can take; its own program can.
 * The pipe ends with this process, however that ends, and with it `cat` and the lock.
 */
function startInhibitor(): Delaying {
  const why = 'A copied token is taken out of the clipboard first'
  return spawn(
    'systemd-inhibit',
    ['--what=sleep', '--mode=delay', '--who=Tokentray', `--why=${why}`, 'cat'],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  )
}
