import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { findObject, type JsonObject } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { bearer, callSftpgo } from './call.ts'
import { endKey, isDenied, mintKey } from './keys.ts'
import { readVerdict, tryToken } from './token-check.ts'

/** What is left of a trial that broke off is not taken any more after that. */
const TRIAL_SECONDS = 60

/**
 * Makes an API key as a lease would, tries it out and deletes it. A set-up in which leases would get
 * none is `invalid_request`, one in which keys are not taken `not_supported`; the session's token is
 * the caller's to end. The service never removes a key, so that it is on record before it is made.
 */
export async function tryKeys(session: ProviderSession, context: ProviderContext): Promise<void> {
  const leaseId = `check-${context.newId()}`
  const end = async (token?: AccessToken) => {
    await endKey({ leaseId, ...(token && { token }) }, session, context)
    context.trials?.ended(leaseId)
  }
  const token = await makeKey(leaseId, session, context, end)
  const refusal = await tryOut(token, session, context).catch(async (error: unknown) => {
    // What went wrong with the trial matters more than a key that is of no use within a minute.
    await end(token).catch(() => undefined)
    throw error
  })
  await end(token)
  if (refusal) throw refusal
}

async function makeKey(
  leaseId: string,
  session: ProviderSession,
  context: ProviderContext,
  end: () => Promise<void>,
): Promise<AccessToken> {
  const { trials } = context
  await trials?.plan(leaseId, session.values)
  let token: AccessToken
  try {
    token = await mintKey(session, { leaseId, lifetimeSeconds: TRIAL_SECONDS }, context)
  } catch (error) {
    if (isDenied(error)) trials?.ended(leaseId)
    // It may have been made, by an answer that never came or cannot be read; a record is looked into
    // again later, when the question can be under way no more.
    else if (!trials) await end().catch(() => undefined)
    throw error
  }
  await trials?.made(token, session.values, leaseId)
  return token
}

/** Why the key is not taken; `null` if it is. */
async function tryOut(
  token: AccessToken,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError | null> {
  const { values } = session
  const answer = await tryToken(token, values, context)
  const verdict = readVerdict(answer, token, values, context)
  return verdict === 'refused' ? await whyNoKeys(answer, session, context) : null
}

const OTHERWISE = 'or let leases of this account have a login of their own.'

/**
 * Why a key that was just made is refused with this answer. The service says the same of every account,
 * so that the account itself has to be looked at; where that cannot be, the likely reasons are named.
 */
async function whyNoKeys(
  answer: HttpResponse,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError> {
  const { values } = session
  if (isUnread(answer)) {
    return new TokentrayError(
      'not_supported',
      `${hostOf(values)} takes no API keys at all: they are switched off for the server.`,
      { hint: `Ask whoever runs the server to switch them on, ${OTHERWISE}` },
    )
  }
  const account = await lookAt(session, context).catch(() => null)
  return account ? refusedFor(account, values) : refused(values)
}

/** True where the service has not even looked at the key, and misses a token. */
function isUnread(answer: HttpResponse): boolean {
  const { error, message } = findObject(answer) ?? {}
  return answer.status === 401 && [error, message].some((text) => /no token/i.test(String(text)))
}

/** The account that the key acts for; `null` where it cannot be seen. */
async function lookAt(
  { values, token }: ProviderSession,
  context: ProviderContext,
): Promise<JsonObject | null> {
  if (!token) return null
  const { keyUser, username = '' } = values
  const list = keyUser ? 'users' : 'admins'
  const path = `/api/v2/${list}/${encodeURIComponent(keyUser || username)}`
  const call = { method: 'GET', path, headers: bearer(token.value) } as const
  const answer = await callSftpgo(values, call, context)
  return answer.status === 200 ? findObject(answer) : null
}

function refusedFor(account: JsonObject, values: FormValues): TokentrayError {
  if (account['status'] === 0) {
    return refused(values, 'that account is disabled', 'Enable it, or name another user')
  }
  const { filters } = account
  const allows =
    typeof filters === 'object' &&
    filters !== null &&
    'allow_api_key_auth' in filters &&
    filters.allow_api_key_auth === true
  return allows ? refused(values, 'that account may not be used from here') : refused(values)
}

function refused(
  values: FormValues,
  because = 'that account does not allow API key authentication',
  remedy = 'Switch "allow API key authentication" on for it, or name another user',
): TokentrayError {
  const { keyUser, username = '' } = values
  const whom = keyUser ? `the user ${keyUser}` : `the administrator ${username}`
  return new TokentrayError(
    'not_supported',
    `${hostOf(values)} takes no API key for ${whom}: ${because}.`,
    { hint: `${remedy} in "Keys act for".` },
  )
}
