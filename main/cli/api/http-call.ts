import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { TokentrayError } from '../../base/errors.ts'
import { isRunning, type ProcessIdentity } from '../../base/process/process-identity.ts'
import type { Secret } from '../../base/secret.ts'
import { connectToOwn } from './own-server.ts'
import { connectToOwnSocket } from './own-socket.ts'

/** The endpoint to talk to, and the key that opens its management routes. */
export interface Target extends ProcessIdentity {
  /** `http://127.0.0.1:PORT`. */
  readonly issuer: string
  /** The path of its Unix socket, which is preferred to the port. */
  readonly socket?: string
  readonly ownerKey: Secret
  /** The version of the Tokentray that runs there. */
  readonly version: string
}

/** One request of the management routes. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Left out: no body at all. */
  readonly body?: object
  readonly deadlineMs: number
}

/** The endpoint's response, which may be a refusal. */
export interface Answer {
  readonly status: number
  /** Not checked beyond being JSON. */
  readonly body: unknown
}

const LONGEST_ANSWER = 64 * 1024 * 1024

/**
 * Sends one request to the loopback endpoint, never repeated. Throws `not_running` if its process is gone,
 * `temporarily_unavailable` after the deadline or if the process runs but does not respond, and
 * `unexpected_answer` for a response that is not JSON.
 *
 * Security: over a connection of our own, so that no proxy variable can divert the owner key; to a socket that
 * only this user can have made, or to 127.0.0.1, so that name resolution does not matter, and only after the peer
 * was verified to be this user's.
 */
export async function sendCall(target: Target, call: Call): Promise<Answer> {
  const signal = AbortSignal.timeout(call.deadlineMs)
  try {
    const socket = await connectTo(target, signal)
    const response = await open(socket, target, call, signal)
    return { status: response.statusCode ?? 0, body: JSON.parse(await readBody(response)) }
  } catch (error) {
    // A response cut off by the deadline looks like a reset connection.
    throw signal.aborted ? toLateError(error, call, target) : toCallError(error, target)
  }
}

/** By the Unix socket, or by the port with the checks that it needs. */
async function connectTo({ issuer, socket }: Target, signal: AbortSignal): Promise<Socket> {
  const found = socket === undefined ? null : await connectToOwnSocket(socket, signal)
  return found ?? connectToOwn(Number(new URL(issuer).port), signal)
}

function open(
  socket: Socket,
  target: Target,
  { method, path, body }: Call,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    request({
      host: '127.0.0.1',
      port: new URL(target.issuer).port,
      method,
      path,
      createConnection: () => socket,
      signal,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${target.ownerKey.reveal()}`,
        ...(content === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
      },
    })
      .on('response', resolve)
      .on('error', reject)
      .end(content)
  })
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    if (length > LONGEST_ANSWER) throw new SyntaxError('The response is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toLateError(error: unknown, { path, deadlineMs }: Call, { pid }: Target): TokentrayError {
  // Every command except `status` may wait for a slow service.
  const end = `nd process ${pid} and start Tokentray again.`
  return new TokentrayError(
    'temporarily_unavailable',
    `Tokentray did not respond within ${deadlineMs / 1000} s.`,
    {
      cause: error,
      hint:
        path === '/v1/status'
          ? `E${end}`
          : `If "tokentray status" gets no response either, e${end}`,
    },
  )
}

function toCallError(error: unknown, { issuer, pid, startedAt }: Target): TokentrayError {
  if (error instanceof TokentrayError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof SyntaxError || code.startsWith('HPE_')) {
    return new TokentrayError('unexpected_answer', `Another program is listening at ${issuer}.`, {
      cause: error,
      hint: 'Stop that program, then start Tokentray again.',
    })
  }
  // Without a start time, the process with that pid may be a different one.
  if (startedAt !== null && isRunning({ pid, startedAt })) return doesNotAnswer(pid, error)
  return new TokentrayError('not_running', undefined, { cause: error })
}

/** The error for a Tokentray whose process runs but does not respond. */
export function doesNotAnswer(pid: number, cause?: unknown): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `Tokentray is running (process ${pid}) but does not respond.`,
    {
      cause,
      hint: `It may be busy, starting or stopping: try again in a few seconds. If that does not help, end process ${pid} and start Tokentray again.`,
    },
  )
}
