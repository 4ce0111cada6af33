import type { FastifyInstance } from 'fastify'

/**
 * Makes these routes accept only JSON; an empty body counts as none. A form, which any web page can
 * send, must not be accepted as a management call.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else return parseJson(request, String(body), done)
  })
}

/** Accepts any body on unknown routes, so that the error is about the route and not the body. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}
