import { EventEmitter, once } from 'node:events'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server as NetServer,
} from 'node:net'
import type { z } from 'zod'
import { type ErrorCode, errorTable } from '../../main/base/errors.ts'
import { findDirectories } from '../../main/base/files/directories.ts'
import { identifyProcess } from '../../main/base/process/process-identity.ts'
import { ownVersion } from '../../main/base/version.ts'
import {
  type Endpoint,
  endpointFile,
  ownerKeyFile,
  socketFile,
  toolsFolder,
} from '../../main/loopback/found/discovery.ts'
import * as schemas from '../../main/loopback/schemas/schemas.ts'
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { account, samples } from './samples.ts'

/** The routes that the command line uses: what each takes and answers. */
const routes = {
  'GET /v1/status': [null, schemas.statusAnswer],
  'GET /v1/providers': [null, schemas.providersAnswer],
  'GET /v1/accounts': [null, schemas.accountsAnswer],
  'POST /v1/accounts': [schemas.addAccountRequest, schemas.accountAnswer],
  'POST /v1/accounts/check': [schemas.checkAccountRequest, schemas.emptyAnswer],
  'POST /v1/accounts/find': [schemas.findAccountRequest, schemas.grantedAccountAnswer],
  'POST /v1/accounts/*/login': [schemas.loginRequest, schemas.accountAnswer],
  'POST /v1/accounts/*/logout': [schemas.emptyAnswer, schemas.endAnswer],
  'PATCH /v1/accounts/*': [schemas.changeAccountRequest, schemas.accountAnswer],
  'DELETE /v1/accounts/*': [null, schemas.endAnswer],
  'GET /v1/accounts/*/tokens': [null, schemas.listedTokensAnswer],
  'POST /v1/accounts/*/tokens/revoke': [schemas.revokeTokenRequest, schemas.revokedTokenAnswer],
  'POST /v1/accounts/*/tokens/revoke-all': [schemas.revokeAllRequest, schemas.endAnswer],
  'POST /v1/accounts/*/rotate': [schemas.emptyAnswer, schemas.endAnswer],
  'POST /v1/accounts/*/portal': [schemas.portalRequest, schemas.portalAnswer],
  'POST /v1/tokens': [schemas.issueRequest, schemas.tokenAnswer],
  'GET /v1/clients': [null, schemas.clientsAnswer],
  'POST /v1/clients': [schemas.addClientRequest, schemas.addedClientAnswer],
  'PATCH /v1/clients/*': [schemas.changeClientRequest, schemas.changedClientAnswer],
  'POST /v1/clients/*/secret': [schemas.emptyAnswer, schemas.addedClientAnswer],
  'DELETE /v1/clients/*': [null, schemas.endAnswer],
  'GET /v1/leases': [null, schemas.leasesAnswer],
  'POST /v1/leases/end': [schemas.endRequest, schemas.endAnswer],
  'POST /v1/activity': [schemas.activityRequest, schemas.activityAnswer],
  'GET /v1/export': [null, schemas.exportDocument],
  'POST /v1/import': [schemas.exportDocument, schemas.importAnswer],
  'POST /v1/lock': [schemas.emptyAnswer, schemas.emptyAnswer],
  'POST /v1/unlock': [schemas.emptyAnswer, schemas.emptyAnswer],
  'POST /v1/reset': [schemas.resetRequest, schemas.emptyAnswer],
} as const satisfies Record<string, readonly [z.ZodType | null, z.ZodType]>

export type Route = keyof typeof routes

/** Requests on these routes are for the account that the user was asked about, or fail. */
const bound: readonly Route[] = [
  'POST /v1/accounts/*/login',
  'POST /v1/accounts/*/tokens/revoke',
  'POST /v1/accounts/*/tokens/revoke-all',
]

/** Fails where the command line does not say which account it means. */
function requireMeant(route: Route, sent: object): void {
  const { uid, like, like_uid: likeUid } = sent as Readonly<Record<string, unknown>>
  const isLent = route === 'POST /v1/accounts' && like !== undefined
  if (bound.includes(route) && uid !== account.uid) throw new Error('no account is meant')
  if (isLent && likeUid !== account.uid) throw new Error('no lender is meant')
}

export interface Recorded {
  readonly route: Route
  readonly path: string
  readonly body: unknown
}

interface Reply {
  readonly status: number
  readonly body: object
}

/** Answers like the loopback endpoint, strictly by its schemas, and remembers what it was asked. */
export class PlayedEndpoint {
  readonly ownerKey = markedSecret('owner')
  readonly home = makeTestFolder('cli')
  readonly directories = findDirectories({ TOKENTRAY_HOME: this.home })
  readonly requests: Recorded[] = []
  readonly #replies = new Map<Route, Reply[]>()
  readonly #events = new EventEmitter()
  readonly #server: Server
  readonly #port: number
  readonly #gates = new Map<Route, Promise<void>>()

  private constructor(server: Server) {
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  static async start(): Promise<PlayedEndpoint> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const endpoint = new PlayedEndpoint(server)
    server.on('request', (request, response) => void endpoint.#serve(request, response))
    mkdirSync(endpoint.directories.run, { mode: 0o700 })
    endpoint.publish({})
    writeFileSync(ownerKeyFile(endpoint.directories), `${endpoint.ownerKey}\n`, { mode: 0o600 })
    return endpoint
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** How many connections came by the Unix socket. */
  cameBySocket = 0
  #bySocket: NetServer | null = null

  /** Listens at a Unix socket as well, which its file names from now on; returns its path. */
  async listenAtSocket(): Promise<string> {
    const socket = socketFile(this.directories)
    mkdirSync(toolsFolder(this.directories), { mode: 0o700 })
    this.#bySocket = createNetServer((connection) => {
      this.cameBySocket += 1
      this.#server.emit('connection', connection)
    })
    this.#bySocket.listen(socket)
    chmodSync(socket, 0o600)
    this.publish({ socket })
    return socket
  }

  /** Gives its port up, as a Tokentray does that ends. */
  async stopListening(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  /** Writes `endpoint.json`, with some members other than true. */
  publish(changes: Partial<Endpoint>): void {
    const { issuer } = this
    const self = identifyProcess(process.pid)
    const endpoint = { issuer, ...self, instance: 'test', version: ownVersion, ...changes }
    writeFileSync(endpointFile(this.directories), JSON.stringify(endpoint), { mode: 0o600 })
  }

  /** What a route answers instead of its sample, one after the other; the last one stays. */
  reply(route: Route, ...bodies: object[]): void {
    this.#queue(
      route,
      bodies.map((body) => ({ status: 200, body })),
    )
  }

  /** Forgets what a route was to answer. */
  clear(route: Route): void {
    this.#replies.delete(route)
  }

  /** What a route refuses with, in the words of the error table unless others are given. */
  refuse(route: Route, code: ErrorCode, extra: Partial<z.infer<typeof schemas.errorAnswer>> = {}) {
    const { http, sentence, hint } = errorTable[code]
    const body = { error: code, error_description: sentence, hint, ...extra }
    this.#queue(route, [{ status: http ?? 500, body }])
  }

  /** Leaves a route without an answer until the returned function is called. */
  hold(route: Route): () => void {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#gates.set(route, gate)
    return release
  }

  /** Resolves once this route has been asked for. */
  async asked(route: Route): Promise<void> {
    while (!this.requests.some((request) => request.route === route)) {
      await once(this.#events, 'request')
    }
  }

  /** The bodies that a route was sent, but for which account is meant: that is looked at as it comes. */
  bodies(route: Route): unknown[] {
    return this.requests
      .filter((request) => request.route === route)
      .map(({ body }) => {
        if (typeof body !== 'object' || body === null) return body
        const kept = Object.entries(body).filter(([name]) => name !== 'uid' && name !== 'like_uid')
        return Object.fromEntries(kept)
      })
  }

  close(): void {
    this.#bySocket?.close()
    this.#server.close()
    this.#server.closeAllConnections()
    rmSync(this.home, { recursive: true })
  }

  #queue(route: Route, replies: readonly Reply[]): void {
    this.#replies.set(route, [...(this.#replies.get(route) ?? []), ...replies])
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request).catch((error: unknown) => ({
      status: 500,
      body: { error: 'server_error', error_description: `The test endpoint failed: ${error}` },
    }))
    const text = JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const { method = '', url = '', headers } = request
    if (headers.authorization !== `Bearer ${this.ownerKey}`) throw new Error('wrong owner key')
    const route = findRoute(method, url)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const [takes, answers] = routes[route]
    if (takes === null && text !== '') throw new Error(`${route} takes no body`)
    if (takes && headers['content-type'] !== 'application/json') throw new Error('not JSON')
    const sent: unknown = takes ? JSON.parse(text) : null
    takes?.parse(sent)
    if (typeof sent === 'object' && sent !== null) requireMeant(route, sent)
    this.requests.push({ route, path: url, body: sent })
    this.#events.emit('request')
    await this.#gates.get(route)
    const queue = this.#replies.get(route) ?? []
    const reply = (queue.length > 1 ? queue.shift() : queue[0]) ?? {
      status: 200,
      body: samples[route],
    }
    const schema = reply.status === 200 ? answers : schemas.errorAnswer
    return { status: reply.status, body: schema.parse(reply.body) as object }
  }
}

function findRoute(method: string, url: string): Route {
  const path = url.replace(/^(\/v1\/(?:accounts\/[^/]+|clients)\/)[^/]+/, '$1*')
  const wanted = `${method} ${path.replace(/^\/v1\/accounts\/[^/]+\/\*/, '/v1/accounts/*')}`
  const route = (Object.keys(routes) as Route[]).find((known) => known === wanted)
  if (!route) throw new Error(`no route ${wanted}`)
  return route
}
