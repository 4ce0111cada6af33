import type { ServerResponse } from 'node:http'
import type { RecordedRequest, SimulatedAnswer } from './simulator.ts'

/** What a service, or a server in between, may do instead of responding properly. */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      /** Sent as JSON; absent for an empty response. */
      readonly body?: unknown
    }
  /** A web page, with status 200 unless another is given. */
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'empty' | 'malformed' | 'not_http' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Ends the connection before an answer. */
  | { readonly kind: 'reset' }
  /** Serves the request, then ends the connection: the answer is lost. */
  | { readonly kind: 'lost' }
  /** Serves the request, then says something else of what it has made. */
  | {
      readonly kind: 'altered'
      readonly change?: (body: Readonly<Record<string, unknown>>) => unknown
      readonly status?: number
    }
  /** One byte at a time, for ever. */
  | { readonly kind: 'drip'; readonly everyMs?: number }
  /** Breaks off in the middle of the body. */
  | { readonly kind: 'truncated' }
  /** A body without end. */
  | { readonly kind: 'huge' }

type Which = (request: RecordedRequest) => boolean

interface Planned {
  readonly fault: Fault
  readonly which: Which
  left: number
}

/** Faults that a test has planned for coming requests. */
export class Faults {
  readonly #planned: Planned[] = []

  /** Applies the fault to the next `count` matching requests. */
  next(count: number, fault: Fault, which: Which = () => true): void {
    this.#planned.push({ fault, which, left: count })
  }

  /** Removes all faults. */
  clear(): void {
    this.#planned.length = 0
  }

  take(request: RecordedRequest): Fault | undefined {
    const planned = this.#planned.find(({ left, which }) => left > 0 && which(request))
    if (planned) planned.left -= 1
    return planned?.fault
  }
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/** Faults instead of serving the request; the server handles the others itself. */
type Unserved = Exclude<Fault, { kind: 'lost' | 'altered' }>

export function isUnserved(fault: Fault): fault is Unserved {
  return fault.kind !== 'lost' && fault.kind !== 'altered'
}

/** The response to a served request, as changed by the fault. */
export function alter(
  answer: SimulatedAnswer,
  { change = (body) => body, status = answer.status }: Extract<Fault, { kind: 'altered' }>,
): SimulatedAnswer {
  const { body } = answer
  const members = typeof body === 'object' && body !== null ? { ...body } : {}
  return { ...answer, status, body: change(members) }
}

/** Responds with the fault. */
export function serveFault(fault: Unserved, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status': {
      const type = fault.body === undefined ? {} : JSON_HEADERS
      response.writeHead(fault.status, { ...type, ...fault.headers })
      response.end(fault.body === undefined ? '' : JSON.stringify(fault.body))
      return
    }
    case 'html':
      response.writeHead(fault.status ?? 200, { 'content-type': 'text/html; charset=utf-8' })
      response.end('<!doctype html><title>Welcome</title><p>Please log in to the network.</p>')
      return
    case 'empty':
      response.writeHead(200, JSON_HEADERS).end()
      return
    case 'malformed':
      response.writeHead(200, JSON_HEADERS).end('{"access_token": "half')
      return
    case 'not_http':
      response.socket?.end('220 files.example.com ESMTP ready\r\n')
      return
    case 'hang':
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'drip':
      drip(response, fault.everyMs ?? 1000)
      return
    case 'truncated':
      response.writeHead(200, { ...JSON_HEADERS, 'content-length': '1000' })
      response.write('{"access_token": ', () => response.socket?.destroy())
      return
    case 'huge':
      response.writeHead(200, JSON_HEADERS)
      pour(response)
      return
    default:
      fault satisfies never
  }
}

function drip(response: ServerResponse, everyMs: number): void {
  response.writeHead(200, JSON_HEADERS)
  const drop = () => response.write(' ')
  drop()
  const timer = setInterval(drop, everyMs)
  response.on('close', () => clearInterval(timer))
}

function pour(response: ServerResponse): void {
  while (!response.destroyed) {
    if (!response.write(' '.repeat(65_536))) {
      response.once('drain', () => pour(response))
      return
    }
  }
}
