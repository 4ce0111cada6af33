import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { makeTestFolder } from './marks.ts'

/**
 * How long to wait for the end of a program's start-up work, in milliseconds on a usual machine: its
 * ticker is armed for 30 s even on the fastest machine, and then stops.
 */
export const START_OVER_MS = 60_000

const HOOK = path.join(import.meta.dirname, 'armed-timers.cjs')

/** Observes the timers of a Node program. */
export interface ArmedTimers {
  /** The environment that the program needs. */
  readonly env: Readonly<Record<string, string>>
  /** The shortest armed timer, in milliseconds; `Infinity` if there is none. */
  shortest(pid: number): Promise<number>
}

/** For one program, which must be started with `env`. */
export function watchTimers(): ArmedTimers {
  const file = path.join(makeTestFolder('timers'), 'armed')
  return {
    env: { NODE_OPTIONS: `--require=${HOOK}`, TIMERS_FILE: file },
    shortest: async (pid) => {
      rmSync(file, { force: true })
      process.kill(pid, 'SIGUSR2')
      while (!existsSync(file)) await wait(10)
      return Math.min(...(JSON.parse(readFileSync(file, 'utf8')) as number[]))
    },
  }
}
