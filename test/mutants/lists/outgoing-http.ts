import { changeIn, type Mutant } from '../mutant.ts'

const client = changeIn('main/providers/http/client.ts', 'test/providers/http/client.test.ts')
const answer = changeIn('main/providers/http/response.ts', 'test/providers/http/client.test.ts')
const failure = changeIn('main/providers/http/failure.ts', 'test/providers/http/client.test.ts')
const tls = changeIn('main/providers/http/connection.ts', 'test/providers/http/client-tls.test.ts')
const proxied = changeIn(
  'main/providers/http/connection.ts',
  'test/providers/http/client-proxy.test.ts',
)
const usual = changeIn(
  'main/providers/http/default-authorities.ts',
  'test/providers/http/default-authorities.test.ts',
)
const svix = changeIn('main/providers/svix/call.ts', 'test/providers/svix/retries.test.ts')
const address = changeIn('main/base/forms/form-fields.ts', 'test/providers/http/base-url.test.ts')

/** Requests to services, and their responses. */
export const outgoingHttp: readonly Mutant[] = [
  tls(
    'certificates are verified regardless of the environment',
    '    rejectUnauthorized: true,\n',
    '',
    'verifies certificates despite NODE_TLS_REJECT_UNAUTHORIZED',
  ),
  tls(
    'a certificate for another name is not trusted',
    '    rejectUnauthorized: true,\n',
    '    rejectUnauthorized: true,\n    checkServerIdentity: () => undefined,\n',
    'reports a certificate for another name',
  ),
  changeIn('main/providers/http/dispatchers.ts', 'test/providers/http/client-tls.test.ts')(
    'a CA configured for one account is not trusted for others',
    'caFile === undefined ? this.#usual',
    'caFile === undefined ? ([...this.#routes.values()][0]?.trust ?? this.#usual)',
    'trusts it for that account only',
  ),
  changeIn('main/providers/http/dispatchers.ts', 'test/providers/http/client-tls.test.ts')(
    "an account's CA is trusted in addition to those of the process",
    '...(await usual.all()), authorities',
    'authorities',
    'also trusts the authorities that the machine trusts',
  ),
  usual(
    'NODE_EXTRA_CA_CERTS still applies if an account has its own CA',
    "const file = env['NODE_EXTRA_CA_CERTS']",
    'const file = undefined',
    'are those built into Node and an extra file, read once, if an older Node cannot list them',
  ),
  usual(
    'an unusable NODE_EXTRA_CA_CERTS file is named in the log',
    "      log?.warn('NODE_EXTRA_CA_CERTS is ignored', { reason: error.message })\n",
    '',
    'ignore an unusable file, with one warning',
  ),
  proxied(
    "a response of a proxy is not mistaken for the service's",
    '    rejectUnauthorized: true,\n',
    '    rejectUnauthorized: tunnel === undefined,\n',
    'verifies the certificate of the host behind it',
  ),
  client(
    'a redirect is neither followed nor accepted as a response',
    '      if (statusCode >= 300 && statusCode < 400) throw redirected(',
    '      if (statusCode === 399) throw redirected(',
    'does not follow a redirect with',
  ),
  client(
    'the size of a response is limited',
    '    if (length > limitBytes) {\n',
    '    if (length > 1_000 * limitBytes) {\n',
    'accepts a body at the size limit and drops the connection at one byte more',
  ),
  client(
    'a password is not sent without encryption unless the user allowed it',
    '  requireEncryption(url, transport?.allowPlainHttp)\n',
    '',
    'refuses to call',
  ),
  answer(
    "no error quotes a service's response",
    'invalid JSON.`)',
    'invalid JSON.` + Buffer.from(body))',
    'does not quote a body that is not JSON, as the parser does with a short one',
  ),
  failure(
    'no error contains the bytes of a server that does not speak HTTP',
    'cause: withoutPayload(error, code),',
    'cause: error,',
    'quotes nothing from a server that does not speak HTTP',
  ),
  address(
    'a password in an address is refused and not quoted',
    "if (username === '' && password === '') return null",
    'if (username.length < 99) return null',
    'refuses user info and does not repeat it',
  ),
  svix(
    'a retried Svix request keeps its idempotency key',
    'const response = await callSvix(values, call, context)',
    'const response = await callSvix(values, { ...call, idempotencyKey: context.newId() }, context)',
    'repeats the same request once',
  ),
  svix(
    'an answered Svix request is not retried',
    "const isUnanswered = isTokentrayError(error) && error.code === 'temporarily_unavailable'",
    'const isUnanswered = isTokentrayError(error)',
    'does not repeat a request after any response, however broken',
  ),
  svix(
    'a request to a hanging Svix is not retried',
    'clock.monotonic() - startedAt >= QUICK_MS',
    'clock.monotonic() < startedAt',
    'repeats a request within five seconds and not later',
  ),
  svix(
    'each call to Svix has its own idempotency key',
    "const call = { method: 'POST', ...post, idempotencyKey: context.newId() } as const",
    "const call = { method: 'POST', ...post } as const",
    'repeats the same request once',
  ),
  changeIn('main/broker/token-admin/token-admin.ts', 'test/loopback/management/portal.test.ts')(
    'a portal link is not written to the audit log',
    "reason: instead === undefined ? 'portal' :",
    'reason: instead === undefined ? made.url.reveal() :',
    'is in no other response, record or log, nor is its token',
  ),
  changeIn('main/providers/http/client.ts', 'test/providers/http/client.test.ts')(
    'cookies set by a service are not sent back',
    '          ...request.headers,\n        },\n        body: request.body ?? null,',
    "          ...request.headers,\n          cookie: 'kept=1',\n        },\n        body: request.body ?? null,",
    'does not send back a cookie',
  ),
  changeIn('README.md', 'test/flows/start.test.ts')(
    "a documented command for a remote host takes the login's route, including its proxy",
    "| curl -sS -w '\\n' -H @- https",
    "| curl --noproxy '*' -sS -w '\\n' -H @- https",
    "keeps documented curl commands away from proxies, except those that take the login's route",
  ),
  changeIn('main/providers/http/client.ts', 'test/flows/echoed-secrets.test.ts')(
    "a secret that a service echoes, such as in a redirect's address, is not reported anywhere",
    "target?.origin ?? 'an",
    "target?.href ?? 'an",
    'leaves no secret in a response, an output line or a file',
  ),
]
