import type { Log } from '../log.ts'

/**
 * Runs the undo steps, last one first, each regardless of the others. Never rejects: the caller already has
 * the error that the user must see; further errors are logged.
 */
export async function rollBack(steps: readonly (() => unknown)[], log: Log): Promise<void> {
  for (const step of steps.toReversed()) {
    try {
      await step()
    } catch (error) {
      log.warn('a part could not be closed after a failed start', { error })
    }
  }
}
