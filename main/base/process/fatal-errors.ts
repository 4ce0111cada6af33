import type { Log } from '../log.ts'
import { describeUnexpected } from '../text/describe-error.ts'

/**
 * Logs what is thrown where nobody catches it, and every rejection that nobody handles; resolves at the
 * first of them. What this process has in memory may then not be as it should, and it has to end in
 * order. Neither Node's trace nor Electron's box says then what it failed on, and the process goes on
 * until it is ended.
 */
export function firstFatalError(node: Pick<NodeJS.Process, 'on'>, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const fail = (thrown: unknown) => {
      log.error('something failed that nobody expected', { error: describeUnexpected(thrown) })
      resolve()
    }
    node.on('uncaughtException', fail)
    node.on('unhandledRejection', fail)
  })
}
