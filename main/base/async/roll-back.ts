import type { Log } from '../log.ts'

/**
 * Takes the steps back, the last one first, each whatever became of the others. Never rejects: whoever
 * undoes has an error already, and that is the one that a person must hear of; further ones go to the log.
 */
export async function rollBack(steps: readonly (() => unknown)[], log: Log): Promise<void> {
  for (const step of steps.toReversed()) {
    try {
      await step()
    } catch (error) {
      log.warn('a part could not be closed after a start that failed', { error })
    }
  }
}
