import { z } from 'zod'
import type { ErrorCode } from '../../base/errors.ts'
import { parseBody } from './parse.ts'

/** Who may call a route: anybody of this user, the person (by the owner key), or a client as well. */
export type Access = 'open' | 'owner' | 'client'

/**
 * How far the work of a route goes, and so what can fail: it only looks at what is in memory, it
 * changes what is stored, or it asks a service.
 */
export type Reach = 'memory' | 'records' | 'service'

/** What a handler of the management interface gets. */
export interface Call<Body> {
  readonly body: Body
  readonly params: Readonly<Record<string, string>>
  /** The client id and secret as they came, on routes that clients may call. */
  readonly authorization: string | undefined
  /** Gives a signal that is aborted when the caller goes away. */
  readonly signal: () => AbortSignal
}

/** One route of `/v1`: the server and the OpenAPI document are both made from these. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters, as OpenAPI writes them. */
  readonly path: string
  readonly access: Access
  /** What generated clients call it. */
  readonly operationId: string
  readonly reach: Reach
  /** What it may be refused with besides what its access, reach and path say. */
  readonly also: readonly ErrorCode[]
  readonly summary: string
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  readonly status: number
  /** Gets the raw body and parses it; returns what `answer` describes, or its JSON. */
  readonly handle: (call: Call<unknown>) => Promise<unknown>
}

interface RouteWithBody<Body extends z.ZodType> {
  readonly method: Route['method']
  readonly path: string
  readonly access?: Access
  readonly operationId: string
  readonly reach?: Reach
  readonly also?: readonly ErrorCode[]
  readonly summary: string
  readonly body: Body
  readonly answer: z.ZodType
  readonly status?: number
  readonly handle: (call: Call<z.output<Body>>) => Promise<unknown>
}

interface RouteWithoutBody {
  readonly method: Route['method']
  readonly path: string
  readonly access?: Access
  readonly operationId: string
  readonly reach?: Reach
  readonly also?: readonly ErrorCode[]
  readonly summary: string
  readonly answer: z.ZodType
  readonly handle: (call: Call<undefined>) => Promise<unknown>
}

/** A route whose body must fit a schema; the handler gets what the schema made of it. */
export function withBody<Body extends z.ZodType>(route: RouteWithBody<Body>): Route {
  return {
    ...route,
    access: route.access ?? 'owner',
    reach: route.reach ?? 'memory',
    also: route.also ?? [],
    status: route.status ?? 200,
    handle: (call) => route.handle({ ...call, body: parseBody(route.body, call.body) }),
  }
}

/** A route that takes no body, or an empty object. */
export function withoutBody(route: RouteWithoutBody): Route {
  return {
    ...route,
    access: route.access ?? 'owner',
    reach: route.reach ?? 'memory',
    also: route.also ?? [],
    status: 200,
    handle: async (call) => {
      if (call.body !== undefined) parseBody(noFields, call.body)
      return await route.handle({ ...call, body: undefined })
    },
  }
}

const noFields = z.strictObject({})
