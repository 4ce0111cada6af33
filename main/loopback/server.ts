import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Activity } from '../audit/activity.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Secret } from '../base/secret.ts'
import type { Broker } from '../broker/broker.ts'
import { RejectedRequests } from '../broker/record/rejected-requests.ts'
import { type PortTrouble, watchPort } from './found/kept-port.ts'
import { LocalSocket } from './found/local-socket.ts'
import { allowedMethods } from './http/allowed-methods.ts'
import { commonHeaders, toFailure } from './http/answers.ts'
import { askedBy } from './http/asked-by.ts'
import { disconnectSignal } from './http/disconnect-signal.ts'
import { createGuardedServer, defaultLimits, type ServerLimits } from './http/guarded-server.ts'
import { closeServer, HOST, listen, portOf } from './http/listening.ts'
import { toRequestError } from './http/request-error.ts'
import { accountRoutes } from './management/account-routes.ts'
import { accountTokenRoutes } from './management/account-token-routes.ts'
import { activityRoute } from './management/activity-route.ts'
import { acceptJson, ignoreBodies } from './management/bodies.ts'
import { clientRoutes } from './management/client-routes.ts'
import { goingFirst } from './management/going-first.ts'
import { openapi } from './management/openapi.ts'
import { ownerRoutes } from './management/owner-routes.ts'
import type { Route } from './management/route.ts'
import { transferRoutes } from './management/transfer-routes.ts'
import { Authentication } from './oauth/authentication.ts'
import { addOauthRoutes, metadata } from './oauth/oauth.ts'
import { TokenAnswers } from './oauth/token-response.ts'
import type { Identity } from './schemas/views.ts'

const BODY_LIMIT = 64 * 1024

export interface LoopbackOptions {
  readonly broker: Broker
  readonly activity: Activity
  readonly ownerKey: Secret
  /** The port to try first; `null` for any. */
  readonly port: number | null
  readonly version: string
  readonly instance: string
  readonly log: Log
  /** The folder of the log. */
  readonly logFile: string
  readonly limits?: Partial<ServerLimits>
}

/** The listening endpoint. */
export interface Loopback {
  readonly port: number
  readonly issuer: string
  /** Listens nowhere until it is told the folder. */
  readonly socket: LocalSocket
  /** Why this is not the requested port, as text for the user; `null` if it is. */
  portTrouble(): PortTrouble | null
  /** Stops listening, and waits up to `graceMs` for responses in progress before closing them. */
  close(graceMs: number): Promise<void>
}

/** Opens the endpoint on 127.0.0.1 and resolves once it listens. */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const toIssuer = () => `http://${HOST}:${portOf(server)}`
  let portTrouble: () => PortTrouble | null = () => null
  const app = buildApp(options, toIssuer, {
    portTrouble: () => portTrouble(),
    socketTrouble: () => socket.trouble(),
  })
  // Everything is ready before the first connection is accepted.
  await app.ready()
  const limits = { ...defaultLimits, ...options.limits }
  const route = goingFirst(app.routing, options.activity.precedence)
  const guarded = createGuardedServer(route, limits, options.log)
  const { server } = guarded
  const bySocket = createGuardedServer(route, limits, options.log, { listensOn: 'socket' })
  const socket = new LocalSocket(bySocket.server, options.log)
  const { port: wanted, broker } = options
  if (!(await listen(server, wanted)) && wanted !== null) {
    portTrouble = watchPort({ port: wanted, actual: portOf(server), clock: broker.clock })
  }
  return {
    port: portOf(server),
    issuer: toIssuer(),
    socket,
    portTrouble,
    close: async (graceMs) => {
      socket.remove()
      await Promise.all([guarded, bySocket].map((each) => closeServer(each, graceMs)))
    },
  }
}

/** The router; its own server never listens, so that it only gets requests that passed the guard. */
function buildApp(
  options: LoopbackOptions,
  toIssuer: () => string,
  troubles: Pick<Identity, 'portTrouble' | 'socketTrouble'>,
): FastifyInstance {
  const { broker, activity, ownerKey, version, instance, log } = options
  const onError = (raised: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = toRequestError(raised)
    if (error.code === 'server_error') log.error('a request failed', { raised })
    // The path as in the OpenAPI document, even if the caller has escaped parts of it.
    const target = request.routeOptions.url ?? request.url
    const failure = toFailure(error, target, broker.clock.now())
    return reply.code(failure.status).headers(failure.headers).send(failure.body)
  }
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    // The response must not depend on how the path is escaped.
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 128 },
    frameworkErrors: onError,
  })
  app.setErrorHandler(onError)
  ignoreBodies(app)
  // Before the body is read: on an unknown route its errors do not matter.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders)
    if (request.is404) done(noRoute(request, reply))
    else done()
  })
  // Not earlier: async work started while the body is read belongs to the connection.
  app.addHook('preHandler', (request, reply, done) => {
    broker.requestContext.run(askedBy(request.raw, reply.raw), done)
  })
  const noRoute = ({ url }: FastifyRequest, reply: FastifyReply): TokentrayError => {
    const methods = allowedMethods(document.paths, url)
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '))
      return new TokentrayError('method_not_allowed', `This is for ${methods.join(' and ')} only.`)
    }
    return new TokentrayError('not_found', 'There is no such route.', {
      hint: 'GET /openapi.json lists all routes.',
    })
  }

  const turnedAway = new RejectedRequests(broker)
  const authentication = new Authentication(broker.clients, broker.clock, ownerKey, turnedAway)
  const tokenAnswers = new TokenAnswers()
  const identity = {
    version,
    pid: process.pid,
    instance,
    get issuer() {
      return toIssuer()
    },
    log_file: options.logFile,
    ...troubles,
  }
  const routes = [
    ...accountRoutes(broker, authentication),
    ...accountTokenRoutes(broker),
    ...ownerRoutes(broker, identity, tokenAnswers),
    ...clientRoutes(broker),
    ...transferRoutes(broker),
    activityRoute(activity, broker.accounts),
  ]
  const document = openapi(routes, version)
  void app.register(async (management) => {
    acceptJson(management)
    for (const route of routes) addRoute(management, route, { broker, authentication })
  })
  void app.register(async (oauth) => {
    await oauth.register(formbody, { bodyLimit: BODY_LIMIT })
    addOauthRoutes(oauth, broker, { authentication, tokenAnswers, turnedAway })
  })
  app.get('/openapi.json', async () => ({ ...document, servers: [{ url: toIssuer() }] }))
  app.get('/.well-known/oauth-authorization-server', async () => metadata(toIssuer()))
  return app
}

interface RoutePorts {
  readonly broker: Pick<Broker, 'recorded'>
  readonly authentication: Authentication
}

function addRoute(
  app: FastifyInstance,
  route: Route,
  { broker, authentication }: RoutePorts,
): void {
  app.route({
    method: route.method,
    ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // Before the body is read: an unauthenticated body is not parsed.
    onRequest: async ({ headers }) => {
      if (route.access === 'owner') authentication.requireOwner(headers.authorization)
      if (route.access === 'client') authentication.requireClientOrOwner(headers.authorization)
    },
    handler: async (request, reply) => {
      const value = await route.handle({
        body: request.body,
        params: request.params as Record<string, string>,
        authorization: request.headers.authorization,
        signal: disconnectSignal(reply.raw),
      })
      // A change is answered once it is recorded, so that a crash never loses only one of the two.
      if (route.method !== 'GET') await broker.recorded()
      reply.code(route.status).header('content-type', 'application/json; charset=utf-8')
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
  })
}
