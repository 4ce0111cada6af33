import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

type Answer = (heard: string, response: ServerResponse) => unknown

/** The ways in which a service may echo what it was sent. */
const ANSWERS = {
  'a refusal': (heard, response) => sendJson(response, 401, members(heard)),
  'a wrong request': (heard, response) => sendJson(response, 400, members(heard)),
  'a failure': (heard, response) => sendJson(response, 500, members(heard)),
  'a page': (heard, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end(`<title>${heard}</title>`)
  },
  'half an answer': (heard, response) => {
    response.writeHead(200, JSON_TYPE).end(`{"access_token": ${JSON.stringify(heard)}`)
  },
  'members of another type': (heard, response) => sendJson(response, 200, nested(heard)),
  'a redirect': (heard, response) => {
    const [from = ''] = heard.split(' ')
    const place = `https://${encodeURIComponent(from)}@elsewhere.example`
    const location = `${place}/${encodeURIComponent(heard)}?token=${encodeURIComponent(heard)}`
    response.writeHead(302, { location }).end()
  },
  headers: (heard, response) => {
    const names = ['www-authenticate', 'retry-after', 'date', 'content-type', 'x-object-id']
    response.writeHead(429, Object.fromEntries(names.map((name) => [name, heard]))).end(heard)
  },
  'the line of the status': (heard, response) => {
    response.socket?.end(`HTTP/1.1 500 ${heard}\r\ncontent-length: 0\r\n\r\n`)
  },
  'no HTTP': (heard, response) => response.socket?.end(`${heard}\r\n${heard}\r\n\r\n`),
} as const satisfies Record<string, Answer>

export type Shape = keyof typeof ANSWERS
export const SHAPES = Object.keys(ANSWERS) as readonly Shape[]

const JSON_TYPE = { 'content-type': 'application/json' }

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(body))
}

/** Under all names that services use for error messages. */
const members = (heard: string) => ({
  ...{ error: heard, message: heard, code: heard, detail: heard, error_description: heard },
  ...{ general_text: heard, result: heard, id: heard, [heard]: heard },
})

/** Instead of the expected content. */
const nested = (heard: string) => ({
  ...{ access_token: [heard], token: [heard], auth_token: [heard], auth_token_id: 1, id: [heard] },
  ...{ url: { [heard]: heard }, key: [heard], valid: heard, exp: heard, expires_at: heard },
})

/** A proxy in front of a service that echoes requests instead of forwarding them. */
export interface EchoProxy {
  /** Without a trailing slash. */
  readonly url: string
  /** Sets how it responds from now on; `null`: as the service does. */
  respondAs(shape: Shape | null): void
  /** The number of requests it has echoed. */
  readonly echoCount: () => number
  close(): Promise<void>
}

/** Starts one in front of the service at that address. */
export async function startEchoProxy(service: string): Promise<EchoProxy> {
  let shape: Shape | null = null
  let count = 0
  const server = createServer(async (message, response) => {
    let body = ''
    for await (const chunk of message.setEncoding('utf8')) body += chunk
    if (shape === null) return handOn(service, message, body, response)
    count += 1
    ANSWERS[shape](heardIn(message, body), response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    respondAs: (wanted) => {
      shape = wanted
    },
    echoCount: () => count,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Everything in a request that may be secret, on one line. */
function heardIn({ headers, url = '' }: IncomingMessage, body: string): string {
  const [, basic = ''] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? []
  const said = [
    ...[Buffer.from(basic, 'base64').toString(), headers.authorization, url],
    ...[headers['x-sftpgo-api-key'], headers['token'], headers['applicationid'], body],
  ]
  return said
    .filter(Boolean)
    .join(' ')
    .replaceAll(/[^\x20-\x7e]/g, ' ')
}

function handOn(
  service: string,
  { method, url, headers }: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const onward = request(`${service}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}
