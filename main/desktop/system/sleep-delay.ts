import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Log } from '../../base/log.ts'

/** A program that delays sleep until its input ends. */
interface Delaying {
  readonly stdin: Pick<Writable, 'end' | 'on'>
  on(event: 'error' | 'exit', listener: () => void): unknown
}

interface SleepDelayPorts {
  readonly platform: NodeJS.Platform
  readonly log: Log
  readonly start?: () => Delaying
}

/**
 * Makes what asks the machine not to sleep before something is done: as long as that is `needed`, and
 * logind waits for no more than 5 s. Where logind is not there, nothing is delayed, which the log says.
 */
export function createSleepDelay({ platform, log, start = startInhibitor }: SleepDelayPorts) {
  let held: Delaying | null = null
  let isMissing = platform !== 'linux'
  const take = (): void => {
    const taken = start()
    held = taken
    const gone = () => {
      // Ended by us it is not held any more.
      if (held !== taken) return
      held = null
      isMissing = true
      log.info('sleep cannot be delayed until the clipboard is cleared')
    }
    taken.on('error', gone)
    taken.on('exit', gone)
    // It may have ended already when it is to end.
    taken.stdin.on('error', () => undefined)
  }
  return (needed: boolean): void => {
    if (needed && !held && !isMissing) take()
    else if (!needed && held) {
      const ended = held
      held = null
      ended.stdin.end()
    }
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
