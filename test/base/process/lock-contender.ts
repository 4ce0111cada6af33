import { isTokentrayError } from '../../../main/base/errors.ts'
import { acquireInstanceLock, type InstanceLock } from '../../../main/base/process/instance-lock.ts'

/**
 * A process that tries to become the one broker of a folder at the moment that its parent names,
 * tells how it went, and holds what it got until it is told to let go.
 */
const [folder = '', instance = ''] = process.argv.slice(2)

let lock: InstanceLock | undefined

process.on('message', (message) => {
  if (typeof message === 'number') process.send?.(tryAt(message))
  else {
    lock?.release()
    lock = undefined
    process.send?.('released')
  }
})
process.send?.('ready')

function tryAt(moment: number): string {
  // Awake at that moment, so that several processes try at once indeed.
  while (Date.now() < moment);
  try {
    lock = acquireInstanceLock(folder, instance, '/run/user/1')
    return 'won'
  } catch (error) {
    return isTokentrayError(error) ? `${error.code}: ${error.message}` : 'broken'
  }
}
