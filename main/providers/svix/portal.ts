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
 * The open-source server takes a token for so much longer than its `exp` says: svix-server 1.100.0
 * verifies with jwt-simple, which allows for that much difference between clocks.
 */
const OPEN_SOURCE_TAKEN_AFTER_END_MS = 900_000
/** The service allows links of that length: their key is a text of its own. */
const LINK = /^[\x21-\x7e]{1,65536}$/

/** By what route, and with what wishes, a server makes tokens. */
export type Generation = 'current' | 'old'

/** A portal token, and what came with it. */
export interface Opened {
  readonly token: AccessToken
  /** The whole answer, magic link included. */
  readonly members: JsonObject
  /** Present if the server turned out to be of another generation than remembered. */
  readonly learned?: { readonly generation: Generation; readonly sessions?: 'no' }
}

/**
 * Makes a portal token for the application under the id of a lease. One that is not there is
 * `invalid_request`. `post` says whether what was not answered is posted again.
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
  if (!isMissing(first.answer)) return readOpened(first, values, context)
  // No retry: a route that is not there has made nothing, and only asking tells which one is.
  const generation = remembered === 'old' ? 'current' : 'old'
  const second = await ask(session, generation, request, context, post)
  if (isMissing(second.answer)) {
    const answer = isServiceError(first.answer) ? first.answer : second.answer
    throw refusal(answer, values, context)
  }
  // Security: what was tried out at the login is not this server.
  const sessions = values['sessions'] === 'yes' ? ({ sessions: 'no' } as const) : {}
  return { ...(await readOpened(second, values, context)), learned: { generation, ...sessions } }
}

/** The magic link of an answer, which is a credential; what no browser should open is refused. */
export function readLink(members: JsonObject, values: FormValues): Secret {
  const text = readText(members, 'url')
  try {
    if (!LINK.test(text)) throw new Error('It could not stand in a page as it is.')
    requireEncryption(parseServiceUrl(text), values['allowPlainHttp'] === 'yes')
  } catch {
    // Security: the reason would be about an address that nobody entered, and may name it.
    throw new TokentrayError('unexpected_answer', `${hostOf(values)} gave no usable link.`)
  }
  return new Secret(text)
}

interface Asked {
  readonly answer: HttpResponse
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
    // It takes no wishes, and its tokens live as long as they do elsewhere by default.
    const route = `/auth/dashboard-access/${application}`
    const answer = await post(values, { route, token }, context)
    return { answer, lifetimeSeconds: LONGEST_SECONDS, sentAt }
  }
  const lifetimeSeconds = Math.min(Math.max(Math.ceil(wanted), SHORTEST_SECONDS), LONGEST_SECONDS)
  const route = `/auth/app-portal-access/${application}`
  const body = JSON.stringify({ expiry: lifetimeSeconds, sessionId: leaseId })
  return {
    answer: await post(values, { route, token, body }, context),
    lifetimeSeconds,
    sentAt,
  }
}

async function readOpened(
  asked: Asked,
  values: FormValues,
  context: ProviderContext,
): Promise<Opened> {
  const { answer } = asked
  if (!isSuccess(answer)) throw refusal(answer, values, context)
  const members = readObject(answer)
  const value = new Secret(readToken(members, 'token'))
  const token = await takeOrRevoke(
    () => toAccessToken(value, readEnd(value, asked, values), values, context),
    () => discard(value, values, context),
  )
  return { token, members }
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
    ? { ...token, takenAfterEndMs: OPEN_SOURCE_TAKEN_AFTER_END_MS }
    : token
}

/** The hosted service does not say; the open-source one says it in the token alone. */
function readEnd(
  token: Secret,
  { answer, lifetimeSeconds, sentAt }: Asked,
  values: FormValues,
): number {
  return isOpenSource(values)
    ? parseExpiry({ as: 'jwt', value: token.reveal() }, answer.skewMs)
    : parseExpiry({ as: 'lifetime_seconds', value: lifetimeSeconds, sentAt }, answer.skewMs)
}

const isOpenSource = ({ flavour }: FormValues) => flavour === 'oss'
