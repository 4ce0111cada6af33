import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Activity } from '../audit/activity.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Secret } from '../base/secret.ts'
import type { Broker } from '../broker/broker.ts'
import { RejectedRequests } from '../broker/record/rejected-requests.ts'
import { type PortTrouble, watchPort } from './found/kept-port.ts'
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
import { goingFirst } from './management/going-first.ts'
import { openapi } from './management/openapi.ts'
import { ownerRoutes } from './management/owner-routes.ts'
import type { Route } from './management/route.ts'
import { Authentication } from './oauth/authentication.ts'
import { addOauthRoutes, metadata } from './oauth/oauth.ts'
import { TokenAnswers } from './oauth/token-response.ts'

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
  /** Where what is logged is kept. */
  readonly logFile: string
  readonly limits?: Partial<ServerLimits>
}

/** The endpoint while it listens. */
export interface Loopback {
  readonly port: number
  readonly issuer: string
  /** What to say of the port that was asked for while this is another one; `null` if it is not. */
  portTrouble(): PortTrouble | null
  /** Stops listening, and waits `graceMs` for answers under way before it cuts them off. */
  close(graceMs: number): Promise<void>
}

/** Opens the endpoint on 127.0.0.1 and resolves once it listens. */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const toIssuer = () => `http://${HOST}:${portOf(server)}`
  let portTrouble: () => PortTrouble | null = () => null
  const app = buildApp(options, toIssuer, () => portTrouble())
  // Everything is in place before the first connection can come in.
  await app.ready()
  const limits = { ...defaultLimits, ...options.limits }
  const route = goingFirst(app.routing, options.activity.precedence)
  const guarded = createGuardedServer(route, limits, options.log)
  const { server } = guarded
  const { port: wanted, broker } = options
  if (!(await listen(server, wanted)) && wanted !== null) {
    portTrouble = watchPort({ port: wanted, actual: portOf(server), clock: broker.clock })
  }
  return {
    port: portOf(server),
    issuer: toIssuer(),
    portTrouble,
    close: (graceMs) => closeServer(guarded, graceMs),
  }
}

/** The router; its own server never listens, so that nothing is answered but what the guard let in. */
function buildApp(
  options: LoopbackOptions,
  toIssuer: () => string,
  portTrouble: () => PortTrouble | null,
): FastifyInstance {
  const { broker, activity, ownerKey, version, instance, log } = options
  const onError = (raised: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = toRequestError(raised)
    if (error.code === 'server_error') log.error('a request failed', { raised })
    // As it stands in the document, whatever of it the caller has escaped.
    const target = request.routeOptions.url ?? request.url
    const failure = toFailure(error, target, broker.clock.now())
    return reply.code(failure.status).headers(failure.headers).send(failure.body)
  }
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    // A route's own answer must not depend on how a path is written.
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 128 },
    frameworkErrors: onError,
  })
  app.setErrorHandler(onError)
  ignoreBodies(app)
  // Before a body is looked at: what is wrong with it does not matter where nothing takes it.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders)
    if (request.is404) done(noRoute(request, reply))
    else done()
  })
  // As late as that: what is set off while the body is read belongs to the connection.
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
      hint: 'GET /openapi.json lists what there is.',
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
    portTrouble,
  }
  const routes = [
    ...accountRoutes(broker, authentication),
    ...accountTokenRoutes(broker),
    ...ownerRoutes(broker, identity, tokenAnswers),
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
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // Before the body is read: a stranger's is not worth the trouble.
    onRequest: async ({ headers }) => {
      if (route.access === 'owner') authentication.requireOwner(headers.authorization)
    },
    handler: async (request, reply) => {
      const value = await route.handle({
        body: request.body,
        params: request.params as Record<string, string>,
        authorization: request.headers.authorization,
        signal: disconnectSignal(reply.raw),
      })
      // A change is answered once it is on record, so that a crash loses neither without the other.
      if (route.method !== 'GET') await broker.recorded()
      reply.code(route.status).header('content-type', 'application/json; charset=utf-8')
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
  })
}
