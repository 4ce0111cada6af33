import type { ServerResponse } from 'node:http'

/**
 * Gives a signal that is aborted when the caller goes away before it has its answer. It is made only
 * for who asks for it, because most answers come at once and it costs more than they do.
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
