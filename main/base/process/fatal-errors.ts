import type { Log } from '../log.ts'
import { describeUnexpected } from '../text/describe-error.ts'

/**
 * Logs uncaught exceptions and unhandled rejections, and resolves at the first one. The state in memory
 * may then be inconsistent, so the caller has to shut down in order: with these listeners the process
 * keeps running, and neither Node's trace nor Electron's error box appears.
 */
export function firstFatalError(node: Pick<NodeJS.Process, 'on'>, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const fail = (thrown: unknown) => {
      log.error('an unexpected failure', { error: describeUnexpected(thrown) })
      resolve()
    }
    node.on('uncaughtException', fail)
    node.on('unhandledRejection', fail)
  })
}
