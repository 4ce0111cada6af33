import type { ServerResponse } from 'node:http'

/** A signal that is aborted when the caller goes away before it has its answer. */
export function whileConnected(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return gone.signal
}
