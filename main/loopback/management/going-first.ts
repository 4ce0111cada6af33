import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Precedence } from '../../base/async/precedence.ts'
import { ACTIVITY_PATH } from './activity-route.ts'

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Requests take priority until they are answered, except those that read the record. */
export function goingFirst(route: RequestHandler, precedence: Precedence): RequestHandler {
  return (request, response) => {
    if (request.url !== ACTIVITY_PATH) response.once('close', precedence.goesFirst())
    route(request, response)
  }
}
