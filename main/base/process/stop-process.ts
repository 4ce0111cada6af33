import { TokentrayError } from '../errors.ts'
import { isRunning, type ProcessIdentity } from './process-identity.ts'

interface StopPorts {
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly pause: (ms: number) => Promise<unknown>
}

/** A Tokentray's own stop is bounded by 10 s; the tray app's notification takes up to 2 s more. */
const PATIENCE_MS = 15_000
const LOOK_MS = 100

/**
 * Sends a Tokentray SIGTERM, on which it revokes tokens and stops in order, and waits until it has stopped. Rejects
 * with `access_denied` if it cannot be signalled, and with `temporarily_unavailable` if it has not stopped in time.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  { kill, pause }: StopPorts,
): Promise<void> {
  try {
    kill(identity.pid, 'SIGTERM')
  } catch (error) {
    if (isRunning(identity)) {
      throw new TokentrayError('access_denied', `Process ${identity.pid} cannot be stopped.`, {
        cause: error,
        hint: 'Stop it yourself.',
      })
    }
  }
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (!isRunning(identity)) return
    await pause(LOOK_MS)
  }
  throw new TokentrayError('temporarily_unavailable', 'Tokentray has not stopped yet.', {
    hint: 'It may still be revoking tokens. Try again in a moment.',
  })
}
