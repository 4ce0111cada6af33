import type { ServerResponse } from 'node:http'

/**
 * Returns a signal that is aborted when the caller disconnects before it has its response. Created on
 * demand, because most responses are immediate and it costs more than they do.
 */
export function disconnectSignal(response: ServerResponse): () => AbortSignal {
  let gone: AbortController | undefined
  return () => {
    if (gone) return gone.signal
    const controller = new AbortController()
    gone = controller
    if (response.closed) controller.abort()
    response.once('close', () => {
      if (!response.writableFinished) controller.abort()
    })
    return controller.signal
  }
}
