import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FindCommandLine } from '../../base/async/request-context.ts'
import { findPeerCommandLine } from './peer.ts'

/**
 * Finds the command line of the process that made a request while it waits for the response; `null`
 * afterwards, for example for a timer that was set during the request.
 */
export function askedBy({ socket }: IncomingMessage, response: ServerResponse): FindCommandLine {
  let found: readonly string[] | null = null
  let isOver = false
  response.once('close', () => {
    isOver = true
  })
  return () => {
    if (!isOver) found ??= findPeerCommandLine(socket)
    return isOver ? null : found
  }
}
