import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { parseServiceUrl, requireEncryption } from '../http/base-url.ts'
import type { HttpResponse } from '../http/http.ts'
import type {
  AccessToken,
  FormValues,
  MintRequest,
  ProviderContext,
  ProviderSession,
} from '../provider.ts'
import { parseExpiry } from '../wire/expiry.ts'
import { type JsonObject, readObject, readText, readToken } from '../wire/json-object.ts'
import { isSuccess, requireNotExpired, takeOrRevoke } from '../wire/received-token.ts'
import { hostOf } from './address.ts'
import { isMissing, isServiceError, refusal } from './answers.ts'
import { applicationOf, keyOf, type postOnce, postSvix } from './call.ts'
import { discard } from './logout.ts'

const SHORTEST_SECONDS = 3_600
const LONGEST_SECONDS = 7 * 86_400
/**
 * The open-source server accepts a token for this long after its `exp`: svix-server 1.100.0 verifies with
 * jwt-simple, which tolerates that much clock skew.
 */
const OPEN_SOURCE_ACCEPTED_AFTER_EXPIRY_MS = 900_000
/** The service allows links this long: they contain a key. */
const LINK = /^[\x21-\x7e]{1,65536}$/

/** Which route and options a server has for creating tokens. */
export type Generation = 'current' | 'old'

/** A new portal token and the rest of the response. */
export interface Opened {
  readonly token: AccessToken
  /** The whole response, including the magic link. */
  readonly body: JsonObject
  /** Present if the server turned out to be of another generation than stored. */
  readonly learned?: { readonly generation: Generation; readonly sessions?: 'no' }
}

/**
 * Creates a portal token for the application, with the id of the lease as its session id. Rejects with
 * `invalid_request` for a missing application. `post` decides whether an unanswered call is retried.
 */
export async function openPortal(
  session: ProviderSession,
  request: MintRequest,
  context: ProviderContext,
  post: typeof postOnce = postSvix,
): Promise<Opened> {
  const { values } = session
  const remembered = values['generation'] === 'old' ? 'old' : 'current'
  const first = await ask(session, remembered, request, context, post)
  if (!isMissing(first.response)) return readOpened(first, values, context)
  // Not a retry: a missing route has created nothing, and only a call tells which route exists.
  const generation = remembered === 'old' ? 'current' : 'old'
  const second = await ask(session, generation, request, context, post)
  if (isMissing(second.response)) {
    const response = isServiceError(first.response) ? first.response : second.response
    throw refusal(response, values, context)
  }
  // Security: what was learned at the login was about another server.
  const sessions = values['sessions'] === 'yes' ? ({ sessions: 'no' } as const) : {}
  return { ...(await readOpened(second, values, context)), learned: { generation, ...sessions } }
}

/** The magic link, which is a credential; throws `unexpected_answer` for one that is not safe to open. */
export function readLink(body: JsonObject, values: FormValues): Secret {
  const text = readText(body, 'url')
  try {
    if (!LINK.test(text)) throw new Error('The link has unsafe characters.')
    requireEncryption(parseServiceUrl(text), values['allowPlainHttp'] === 'yes')
  } catch {
    // Security: the original error may quote the link.
    throw new TokentrayError('unexpected_answer', `${hostOf(values)} returned no usable link.`)
  }
  return new Secret(text)
}

interface Asked {
  readonly response: HttpResponse
  readonly lifetimeSeconds: number
  readonly sentAt: number
}

async function ask(
  { values, credential }: ProviderSession,
  generation: Generation,
  { leaseId, lifetimeSeconds: wanted }: MintRequest,
  context: ProviderContext,
  post: typeof postOnce,
): Promise<Asked> {
  const token = keyOf(credential)
  const application = applicationOf(values)
  const sentAt = context.clock.now()
  if (generation === 'old') {
    // It has no options, and its tokens last for the default time of newer servers.
    const route = `/auth/dashboard-access/${application}`
    const response = await post(values, { route, token }, context)
    return { response, lifetimeSeconds: LONGEST_SECONDS, sentAt }
  }
  const lifetimeSeconds = Math.min(Math.max(Math.ceil(wanted), SHORTEST_SECONDS), LONGEST_SECONDS)
  const route = `/auth/app-portal-access/${application}`
  const body = JSON.stringify({ expiry: lifetimeSeconds, sessionId: leaseId })
  return {
    response: await post(values, { route, token, body }, context),
    lifetimeSeconds,
    sentAt,
  }
}

async function readOpened(
  asked: Asked,
  values: FormValues,
  context: ProviderContext,
): Promise<Opened> {
  const { response } = asked
  if (!isSuccess(response)) throw refusal(response, values, context)
  const body = readObject(response)
  const value = new Secret(readToken(body, 'token'))
  const token = await takeOrRevoke(
    () => toAccessToken(value, readExpiry(value, asked, values), values, context),
    () => discard(value, values, context),
  )
  return { token, body }
}

function toAccessToken(
  value: Secret,
  expiresAt: number,
  values: FormValues,
  context: ProviderContext,
): AccessToken {
  requireNotExpired(expiresAt, hostOf(values), context)
  const headers = { Authorization: new Secret(`Bearer ${value.reveal()}`) }
  const token = { value, tokenType: 'Bearer', headers, expiresAt }
  return isOpenSource(values)
    ? { ...token, takenAfterEndMs: OPEN_SOURCE_ACCEPTED_AFTER_EXPIRY_MS }
    : token
}

/** The hosted service does not return it; the open-source server has it only in the token. */
function readExpiry(
  token: Secret,
  { response, lifetimeSeconds, sentAt }: Asked,
  values: FormValues,
): number {
  return isOpenSource(values)
    ? parseExpiry({ as: 'jwt', value: token.reveal() }, response.skewMs)
    : parseExpiry({ as: 'lifetime_seconds', value: lifetimeSeconds, sentAt }, response.skewMs)
}

const isOpenSource = ({ flavour }: FormValues) => flavour === 'oss'
