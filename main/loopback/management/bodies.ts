import type { FastifyInstance } from 'fastify'

/**
 * Makes a part of the endpoint read JSON and nothing else; a body of no bytes is no body. A form,
 * which any page can send, must not pass for a management call.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else return parseJson(request, String(body), done)
  })
}

/** Makes routes that there are not take any body, so that the answer is that there is no such route. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}
