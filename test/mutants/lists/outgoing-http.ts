import { changeIn, type Mutant } from '../mutant.ts'

const client = changeIn('main/providers/http/client.ts', 'test/providers/http/client.test.ts')
const answer = changeIn('main/providers/http/answer.ts', 'test/providers/http/client.test.ts')
const failure = changeIn('main/providers/http/failure.ts', 'test/providers/http/client.test.ts')
const tls = changeIn('main/providers/http/connection.ts', 'test/providers/http/client-tls.test.ts')
const proxied = changeIn(
  'main/providers/http/connection.ts',
  'test/providers/http/client-proxy.test.ts',
)
const usual = changeIn(
  'main/providers/http/usual-authorities.ts',
  'test/providers/http/usual-authorities.test.ts',
)
const svix = changeIn('main/providers/svix/call.ts', 'test/providers/svix/retries.test.ts')
const address = changeIn('main/base/forms/form-fields.ts', 'test/providers/http/base-url.test.ts')

/** What goes to a service, and comes back from it. */
export const outgoingHttp: readonly Mutant[] = [
  tls(
    'certificates are verified, whatever the environment says',
    '    rejectUnauthorized: true,\n',
    '',
    'is not talked out of checking by NODE_TLS_REJECT_UNAUTHORIZED',
  ),
  tls(
    'a certificate of another name is not trusted',
    '    rejectUnauthorized: true,\n',
    '    rejectUnauthorized: true,\n    checkServerIdentity: () => undefined,\n',
    'says that a certificate belongs to another name',
  ),
  changeIn('main/providers/http/dispatchers.ts', 'test/providers/http/client-tls.test.ts')(
    'an authority that one account names counts for no other',
    'caFile === undefined ? this.#usual',
    'caFile === undefined ? ([...this.#routes.values()][0]?.trust ?? this.#usual)',
    'trusts it for that account only',
  ),
  changeIn('main/providers/http/dispatchers.ts', 'test/providers/http/client-tls.test.ts')(
    'an authority that an account names is trusted besides those that the process trusts',
    '...(await usual.all()), authorities',
    'authorities',
    'trusts besides it whom the owner of the machine trusts',
  ),
  usual(
    'certificates of NODE_EXTRA_CA_CERTS are kept where an account names an authority',
    "const file = env['NODE_EXTRA_CA_CERTS']",
    'const file = undefined',
    'is what Node has built in and a file that is read once, where an older Node does not say',
  ),
  usual(
    'a file of NODE_EXTRA_CA_CERTS that is of no use is named in the log',
    "      log?.warn('NODE_EXTRA_CA_CERTS is left out', { reason: error.message })\n",
    '',
    'leaves out a file that is of no use, and says so once',
  ),
  proxied(
    'a proxy does not stand in for the service behind it',
    '    rejectUnauthorized: true,\n',
    '    rejectUnauthorized: tunnel === undefined,\n',
    'checks the certificate of the far host behind it',
  ),
  client(
    'a redirect is not followed, nor taken for an answer',
    '      if (statusCode >= 300 && statusCode < 400) throw redirected(',
    '      if (statusCode === 399) throw redirected(',
    'does not follow a redirect with',
  ),
  client(
    'a service cannot send more than it should',
    '    if (length > limitBytes) {\n',
    '    if (length > 1_000 * limitBytes) {\n',
    'takes a body of the limit and drops the connection on one byte more',
  ),
  client(
    'a password goes nowhere without encryption that nobody has allowed',
    '  requireEncryption(url, transport?.allowPlainHttp)\n',
    '',
    'refuses to call',
  ),
  answer(
    'no error quotes what a service has answered',
    'and is not.`)',
    'and is not.` + Buffer.from(body))',
    'quotes no body that is not JSON, as the parser does where it is short',
  ),
  failure(
    'no error holds the bytes of a server that does not speak HTTP',
    'cause: withoutPayload(error, code),',
    'cause: error,',
    'shows nothing of what a server sent that does not speak HTTP',
  ),
  address(
    'a password in an address is refused, and not repeated',
    "if (username === '' && password === '') return null",
    'if (username.length < 99) return null',
    'refuses user info and does not repeat it',
  ),
  svix(
    'what is asked of Svix a second time has the key of the first',
    'const answer = await callSvix(values, call, context)',
    'const answer = await callSvix(values, { ...call, idempotencyKey: context.newId() }, context)',
    'asks once more, the same',
  ),
  svix(
    'what Svix has answered is not asked a second time',
    "const isUnanswered = isTokentrayError(error) && error.code === 'temporarily_unavailable'",
    'const isUnanswered = isTokentrayError(error)',
    'does not ask again after any answer, however broken',
  ),
  svix(
    'a Svix that hangs is not asked a second time',
    'clock.monotonic() - startedAt >= QUICK_MS',
    'clock.monotonic() < startedAt',
    'asks again within five seconds and not later',
  ),
  svix(
    'each call to Svix has an idempotency key of its own',
    "const call = { method: 'POST', ...post, idempotencyKey: context.newId() } as const",
    "const call = { method: 'POST', ...post } as const",
    'asks once more, the same',
  ),
  changeIn('main/broker/token-admin/token-admin.ts', 'test/loopback/management/portal.test.ts')(
    'a portal link stands in no record',
    "reason: instead === undefined ? 'portal' :",
    'reason: instead === undefined ? made.url.reveal() :',
    'stands in no other answer, record or log, nor does its token',
  ),
  changeIn('main/providers/http/client.ts', 'test/providers/http/client.test.ts')(
    'a service sets no cookie that comes back to it',
    '          ...request.headers,\n        },\n        body: request.body ?? null,',
    "          ...request.headers,\n          cookie: 'kept=1',\n        },\n        body: request.body ?? null,",
    'sends no cookie that it was given',
  ),
  changeIn('README.md', 'test/flows/start.test.ts')(
    'a documented line for a far host goes the way of the login, by the proxy if there is one',
    '| curl -sS -H @- https',
    "| curl --noproxy '*' -sS -H @- https",
    "keeps documented curl commands away from proxies, except those that take the login's route",
  ),
  changeIn('main/providers/http/client.ts', 'test/flows/echoed-secrets.test.ts')(
    'a secret that a service says back, as in the address of a redirect, is told nowhere',
    '? new URL(location, url).origin',
    '? new URL(location, url).href',
    'leaves no secret in a response, an output line or a file',
  ),
]
