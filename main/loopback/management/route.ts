import { z } from 'zod'
import type { ErrorCode } from '../../base/errors.ts'
import { parseBody } from './parse.ts'

/** Who may call a route: any program of this user, the holder of the owner key, or also a client. */
export type Access = 'open' | 'owner' | 'client'

/**
 * What a route accesses, and so what can fail: only memory, stored state, or a service.
 */
export type Reach = 'memory' | 'records' | 'service'

/** The arguments of a management handler. */
export interface Call<Body> {
  readonly body: Body
  readonly params: Readonly<Record<string, string>>
  /** The client id and secret as received, on routes that clients may call. */
  readonly authorization: string | undefined
  /** Returns a signal that is aborted when the caller disconnects. */
  readonly signal: () => AbortSignal
}

/** One route of `/v1`; both the server and the OpenAPI document are built from these. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string
  readonly access: Access
  /** Its name in generated clients. */
  readonly operationId: string
  readonly reach: Reach
  /** Further error codes, besides those that follow from access, reach and path. */
  readonly also: readonly ErrorCode[]
  readonly summary: string
  readonly body?: z.ZodType
  /** The longest body, in bytes, if it is not the usual one. */
  readonly bodyLimit?: number
  readonly answer: z.ZodType
  readonly status: number
  /** Parses the raw body; returns a value that fits `answer`, or its JSON. */
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
  readonly bodyLimit?: number
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

/** A route whose body must match a schema; the handler gets the parsed body. */
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
