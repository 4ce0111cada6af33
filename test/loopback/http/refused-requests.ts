/** A request that must be refused: its description, its bytes, and the expected response. */
export interface RefusedRequest {
  readonly attack: string
  /** `PORT` stands for the port of the endpoint. */
  readonly bytes: string
  readonly status: 400 | 403 | 413 | 417
  readonly code: 'request_refused' | 'invalid_request' | 'payload_too_large' | 'expectation_failed'
  /** The method is HEAD: the answer has no body. */
  readonly bodiless?: boolean
}

const HOST = 'Host: 127.0.0.1:PORT'

/** A request with these header lines, unchanged. */
function send(requestLine: string, ...lines: string[]): string {
  return [requestLine, ...lines, '', ''].join('\r\n')
}

const get = (...lines: string[]) => send('GET /v1/accounts HTTP/1.1', ...lines)
const target = (text: string) => send(`GET ${text} HTTP/1.1`, HOST)

type Row = readonly [attack: string, bytes: string]

function answered(
  status: RefusedRequest['status'],
  code: RefusedRequest['code'],
  rows: readonly Row[],
): RefusedRequest[] {
  return rows.map(([attack, bytes]) => ({ attack, bytes, status, code }))
}

const hosts: readonly Row[] = [
  ['no Host', get()],
  ['an empty Host', get('Host:')],
  ['two equal Hosts', get(HOST, HOST)],
  ['two Hosts, the foreign one second', get(HOST, 'Host: evil.example')],
  ['two Hosts, the foreign one first', get('Host: evil.example', HOST)],
  ['two Hosts in different case', get(HOST, 'HOST: localhost:PORT')],
  ['two hosts in one Host', get('Host: 127.0.0.1:PORT, evil.example')],
  ['the page of a rebound name', get('Host: evil.example:PORT')],
  ['a foreign name in upper case', get('Host: EVIL.EXAMPLE:PORT')],
  ['a name that begins like ours', get('Host: localhost.evil:PORT')],
  ['a name that ends like ours', get('Host: evil-localhost:PORT')],
  ['an address that begins like ours', get('Host: 127.0.0.1.nip.io:PORT')],
  ['a subdomain of localhost', get('Host: evil.localhost:PORT')],
  ['localhost with a dot at the end', get('Host: localhost.:PORT')],
  ['the address with a dot at the end', get('Host: 127.0.0.1.:PORT')],
  ['Host without a port', get('Host: 127.0.0.1')],
  ['localhost without a port', get('Host: localhost')],
  ['Host with an empty port', get('Host: 127.0.0.1:')],
  ['Host with another port', get('Host: 127.0.0.1:1')],
  ['Host with a zero before the port', get('Host: 127.0.0.1:0PORT')],
  ['Host with more digits after the port', get('Host: 127.0.0.1:PORT0')],
  ['Host 0.0.0.0', get('Host: 0.0.0.0:PORT')],
  ['Host of IPv6 loopback', get('Host: [::1]:PORT')],
  ['Host of a mapped address', get('Host: [::ffff:127.0.0.1]:PORT')],
  ['another address of the loopback net', get('Host: 127.0.0.2:PORT')],
  ['the short form of the address', get('Host: 127.1:PORT')],
  ['the address as one number', get('Host: 2130706433:PORT')],
  ['user info before the host', get('Host: evil@127.0.0.1:PORT')],
  ['user info that ends like the host', get('Host: 127.0.0.1:PORT@evil.example')],
  ['a path after the host', get('Host: 127.0.0.1:PORT/evil')],
  ['a blank within the host', get('Host: 127.0.0.1 :PORT')],
  ['a tab within the host', get('Host: 127.0.0.1:\tPORT')],
  ['a name beyond ASCII', get('Host: 127.0.0.\u00b9:PORT')],
  ['HTTP/0.9', 'GET /v1/health\r\n\r\n'],
  ['HTTP/1.0 without Host', send('GET /v1/health HTTP/1.0')],
  ['a Host on an unknown route', send('GET /nothing HTTP/1.1', 'Host: evil.example')],
  ['a Host on the open route', send('GET /v1/health HTTP/1.1', 'Host: evil.example')],
  ['a Host on the document', send('GET /openapi.json HTTP/1.1', 'Host: evil.example')],
]

const browsers: readonly Row[] = [
  ['a page of another origin', get(HOST, 'Origin: https://evil.example')],
  ['an opaque origin', get(HOST, 'Origin: null')],
  ['our own origin', get(HOST, 'Origin: http://127.0.0.1:PORT')],
  ['an empty Origin', get(HOST, 'Origin:')],
  ['Origin in capitals', get(HOST, 'ORIGIN: https://evil.example')],
  ['a Referer', get(HOST, 'Referer: https://evil.example/page')],
  ['our own Referer', get(HOST, 'Referer: http://127.0.0.1:PORT/')],
  ['Sec-Fetch-Site: cross-site', get(HOST, 'Sec-Fetch-Site: cross-site')],
  ['Sec-Fetch-Site: same-origin', get(HOST, 'Sec-Fetch-Site: same-origin')],
  ['Sec-Fetch-Site: none, a typed address', get(HOST, 'Sec-Fetch-Site: none')],
  ['Sec-Fetch-Dest', get(HOST, 'Sec-Fetch-Dest: image')],
  ['Sec-Fetch-User', get(HOST, 'Sec-Fetch-User: ?1')],
  ['Sec-Fetch-Mode with Sec-Fetch-Site', get(HOST, 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: none')],
  [
    'a preflight for the token route',
    send(
      'OPTIONS /oauth/token HTTP/1.1',
      HOST,
      'Origin: https://evil.example',
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: authorization',
    ),
  ],
  [
    'a preflight for private networks',
    send(
      'OPTIONS /v1/tokens HTTP/1.1',
      HOST,
      'Origin: null',
      'Access-Control-Request-Private-Network: true',
    ),
  ],
  [
    'an Origin with an unknown method',
    send('PROPFIND /v1/accounts HTTP/1.1', HOST, 'Origin: null'),
  ],
  ['an Origin on an unknown route', send('GET /nothing HTTP/1.1', HOST, 'Origin: null')],
  ['an Origin on the open route', send('GET /v1/health HTTP/1.1', HOST, 'Origin: null')],
  [
    'an Origin on the metadata',
    send('GET /.well-known/oauth-authorization-server HTTP/1.1', HOST, 'Origin: null'),
  ],
  [
    'a form of a page to the token route',
    send(
      'POST /oauth/token HTTP/1.1',
      HOST,
      'Origin: https://evil.example',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 0',
    ),
  ],
  [
    'a form of a page to management',
    send(
      'POST /v1/reset HTTP/1.1',
      HOST,
      'Origin: null',
      'Content-Type: text/plain',
      'Content-Length: 0',
    ),
  ],
  ['an Origin with DELETE', send('DELETE /v1/clients/x HTTP/1.1', HOST, 'Origin: null')],
]

const forwarders: readonly Row[] = [
  ['Forwarded', get(HOST, 'Forwarded: for=192.0.2.1')],
  ['X-Forwarded-For', get(HOST, 'X-Forwarded-For: 192.0.2.1')],
  ['X-Forwarded-Host', get(HOST, 'X-Forwarded-Host: evil.example')],
  ['X-Forwarded-Proto', get(HOST, 'X-Forwarded-Proto: https')],
  ['X-Forwarded-Anything', get(HOST, 'x-forwarded-anything: 1')],
  [
    'X-Forwarded-For on the open route',
    send('GET /v1/health HTTP/1.1', HOST, 'X-Forwarded-For: ::1'),
  ],
]

const upgrades: readonly Row[] = [
  ['Expect beside a foreign Host', get('Host: evil.example', 'Expect: 100-continue')],
  [
    'a WebSocket of a page',
    get(
      HOST,
      'Origin: https://evil.example',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
  ],
  [
    'a WebSocket without a page',
    get(
      HOST,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
  ],
  [
    'a page that offers to upgrade',
    get(HOST, 'Origin: null', 'Connection: Upgrade', 'Upgrade: h2c'),
  ],
  [
    'a rebound name that offers to upgrade',
    get('Host: evil.example:PORT', 'Connection: Upgrade', 'Upgrade: h2c'),
  ],
  ['CONNECT to somewhere else', send('CONNECT evil.example:443 HTTP/1.1', HOST)],
  ['CONNECT to ourselves', send('CONNECT 127.0.0.1:PORT HTTP/1.1', HOST)],
]

const targets: readonly Row[] = [
  ['an absolute target of another host', target('http://evil.example/v1/accounts')],
  ['an absolute target of ours', target('http://127.0.0.1:PORT/v1/health')],
  ['an absolute https target', target('https://127.0.0.1:PORT/v1/health')],
  ['a target that begins with two slashes', target('//evil.example/v1/health')],
  ['the target *', send('OPTIONS * HTTP/1.1', HOST)],
  ['a backslash', target('/\\evil.example/')],
  ['a fragment', target('/v1/health#x')],
]

const malformed: readonly Row[] = [
  ['a malformed escape', target('/%zz')],
  ['a percent sign at the end', target('/%')],
  ['half an escape', target('/v1/accounts/%2')],
  ['an escape that is no UTF-8', target('/v1/clients/%ff')],
  ['a query', target('/v1/health?x=1')],
  ['two Authorizations', get(HOST, 'Authorization: Bearer a', 'Authorization: Bearer b')],
  ['two Content-Types', get(HOST, 'Content-Type: text/plain', 'Content-Type: application/json')],
  ['an authority as target', target('127.0.0.1:PORT')],
  ['a target beyond ASCII', target('/v1/h\u00e9alth')],
  ['a control byte in the target', target('/v1/\u0001health')],
  ['a DEL byte in the target', target('/v1/\u007fhealth')],
  ['a NUL in a header', get(HOST, 'X-Note: a\u0000b')],
  ['a folded header', get(HOST, 'X-Note: a\r\n b')],
  ['a folded Host', get('Host: 127.0.0.1\r\n :PORT')],
  ['a blank before the colon of Host', get('Host : 127.0.0.1:PORT')],
  ['a blank before the first header', send('GET /v1/health HTTP/1.1', ` ${HOST}`)],
  ['a header without a colon', get(HOST, 'Nonsense')],
  ['a lone carriage return in a header', get(HOST, 'X-Note: a\rOrigin: null')],
  ['lines that end in LF alone', `GET /v1/health HTTP/1.1\n${HOST}\n\n`],
  ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/3.0', send('GET /v1/health HTTP/3.0', HOST)],
  ['a method that does not exist', send('BREW /v1/health HTTP/1.1', HOST)],
  ['a TLS handshake', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['garbage', '\u0000\u0001\u0002\u0003 nothing of use \u00ff\r\n\r\n'],
  [
    'both Content-Length and Transfer-Encoding',
    `${send('POST /oauth/token HTTP/1.1', HOST, 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  ],
  [
    'two Content-Lengths',
    `${send('POST /oauth/token HTTP/1.1', HOST, 'Content-Length: 5', 'Content-Length: 6')}abcdef`,
  ],
  ['a negative Content-Length', send('POST /oauth/token HTTP/1.1', HOST, 'Content-Length: -1')],
  [
    'an encoding that ends in something else than chunked',
    send('POST /oauth/token HTTP/1.1', HOST, 'Transfer-Encoding: chunked, identity'),
  ],
  [
    'a bad chunk',
    `${send(
      'POST /oauth/token HTTP/1.1',
      HOST,
      'Content-Type: application/x-www-form-urlencoded',
      'Transfer-Encoding: chunked',
    )}zz\r\nhello\r\n`,
  ],
]

const large: readonly Row[] = [
  ['a header over the limit', get(HOST, `X-Long: ${'a'.repeat(17_000)}`)],
  ['a request line over the limit', target(`/${'a'.repeat(17_000)}`)],
  ['many headers over the limit', get(HOST, ...Array(200).fill(`X-Note: ${'a'.repeat(100)}`))],
  ['too many headers', get(HOST, ...Array(100).fill('X-Note: a'))],
  [
    'an Origin behind more headers than Node keeps',
    get(HOST, ...Array(2_500).fill('a:'), 'Origin: null'),
  ],
]

const expectations: readonly Row[] = [
  ['an unknown Expect', get(HOST, 'Expect: the-unexpected')],
  ['an unknown Expect on the token route', send('POST /oauth/token HTTP/1.1', HOST, 'Expect: x')],
  ['an unknown Expect beside the known one', get(HOST, 'Expect: 100-continue, the-unexpected')],
  ['two Expects, the second unknown', get(HOST, 'Expect: 100-continue', 'Expect: the-unexpected')],
]

const bodiless: readonly Row[] = [
  ['HEAD with an Origin', send('HEAD /v1/health HTTP/1.1', HOST, 'Origin: null')],
  ['HEAD with a foreign Host', send('HEAD /v1/health HTTP/1.1', 'Host: evil.example')],
]

export const refusedRequests: readonly RefusedRequest[] = [
  ...answered(403, 'request_refused', [
    ...hosts,
    ...browsers,
    ...forwarders,
    ...upgrades,
    ...targets,
  ]),
  ...answered(400, 'invalid_request', malformed),
  ...answered(413, 'payload_too_large', large),
  ...answered(417, 'expectation_failed', expectations),
  ...answered(403, 'request_refused', bodiless).map((row) => ({ ...row, bodiless: true })),
]
