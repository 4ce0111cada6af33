import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Precedence } from '../../base/async/precedence.ts'
import { ACTIVITY_PATH } from './activity-route.ts'

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Every request goes first until it has its answer, but one that reads the record, which stands back. */
export function goingFirst(route: RequestHandler, precedence: Precedence): RequestHandler {
  return (request, response) => {
    if (request.url !== ACTIVITY_PATH) response.once('close', precedence.goesFirst())
    route(request, response)
  }
}
