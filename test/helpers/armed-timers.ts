import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { makeTestFolder } from './marks.ts'

/**
 * For how long what a program does at its start may still be waited for, in milliseconds of a usual
 * machine: its ticker is armed for 30 s by the clock, on the fastest machine too, and then rests.
 */
export const START_OVER_MS = 60_000

const HOOK = path.join(import.meta.dirname, 'armed-timers.cjs')

/** Sees which timers a program of Node's has. */
export interface ArmedTimers {
  /** What the program needs in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** How long the shortest is that is armed now, in milliseconds; `Infinity` where there is none. */
  shortest(pid: number): Promise<number>
}

/** For one program; it has to be started with `env`. */
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
