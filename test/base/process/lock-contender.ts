import { isTokentrayError } from '../../../main/base/errors.ts'
import { acquireInstanceLock, type InstanceLock } from '../../../main/base/process/instance-lock.ts'

/**
 * A process that tries to become the only broker of a folder at the moment that its parent sends,
 * reports the result, and holds the lock until its parent tells it to release it.
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
  // Busy until that moment, so that several processes really try at once.
  while (Date.now() < moment);
  try {
    lock = acquireInstanceLock(folder, instance, '/run/user/1')
    return 'won'
  } catch (error) {
    return isTokentrayError(error) ? `${error.code}: ${error.message}` : 'broken'
  }
}
