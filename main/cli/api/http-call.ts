import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { TokentrayError } from '../../base/errors.ts'
import { isRunning, type ProcessIdentity } from '../../base/process/process-identity.ts'
import type { Secret } from '../../base/secret.ts'
import { connectToOwn } from './own-server.ts'

/** The endpoint to talk to, and the key that opens its management routes. */
export interface Target extends ProcessIdentity {
  /** `http://127.0.0.1:PORT`. */
  readonly issuer: string
  readonly ownerKey: Secret
  /** The version of what runs there. */
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

/** What the endpoint answered, a refusal as well. */
export interface Answer {
  readonly status: number
  /** Not checked beyond being JSON. */
  readonly body: unknown
}

const LONGEST_ANSWER = 64 * 1024 * 1024

/**
 * One request to the loopback endpoint, never repeated. Throws `not_running` when its process is gone,
 * `temporarily_unavailable` past the deadline or when the process runs and does not answer,
 * `unexpected_answer` for what is not JSON.
 *
 * Security: over a connection of our own, so that no proxy variable of the environment can lead the
 * owner key away; to 127.0.0.1, whatever a name would resolve to; and only once the other end was seen to
 * be this user's.
 */
export async function sendCall(target: Target, call: Call): Promise<Answer> {
  const signal = AbortSignal.timeout(call.deadlineMs)
  try {
    const socket = await connectToOwn(Number(new URL(target.issuer).port), signal)
    const response = await open(socket, target, call, signal)
    return { status: response.statusCode ?? 0, body: JSON.parse(await readBody(response)) }
  } catch (error) {
    // An answer that is cut off by the deadline looks like a reset connection.
    throw signal.aborted ? toLateError(error, call, target) : toCallError(error, target)
  }
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
    if (length > LONGEST_ANSWER) throw new SyntaxError('The answer is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toLateError(error: unknown, { path, deadlineMs }: Call, { pid }: Target): TokentrayError {
  // A service may be slow, and every command may wait for one but this.
  const end = `nd the process ${pid} and start Tokentray again.`
  return new TokentrayError(
    'temporarily_unavailable',
    `Tokentray did not answer within ${deadlineMs / 1000} s.`,
    {
      cause: error,
      hint:
        path === '/v1/status' ? `E${end}` : `If "tokentray status" gets no answer either, e${end}`,
    },
  )
}

function toCallError(error: unknown, { issuer, pid, startedAt }: Target): TokentrayError {
  if (error instanceof TokentrayError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof SyntaxError || code.startsWith('HPE_')) {
    return new TokentrayError('unexpected_answer', `What answers at ${issuer} is not Tokentray.`, {
      cause: error,
      hint: 'Stop the program that took this port, then start Tokentray again.',
    })
  }
  // Where the system does not tell start times, a process of that pid may be any other.
  if (startedAt !== null && isRunning({ pid, startedAt })) return doesNotAnswer(pid, error)
  return new TokentrayError('not_running', undefined, { cause: error })
}

/** What is said of a Tokentray whose process runs. */
export function doesNotAnswer(pid: number, cause?: unknown): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `Tokentray is running (process ${pid}) and does not answer.`,
    {
      cause,
      hint: `It may be busy, starting or stopping: try again in a few seconds. If that does not help, end the process ${pid} and start Tokentray again.`,
    },
  )
}
