import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FindCommandLine } from '../../base/async/request-context.ts'
import { findPeerCommandLine } from './peer.ts'

/**
 * Finds the command line of who has made a request, as long as they wait for the answer: a timer that was
 * set meanwhile goes off for nobody.
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
