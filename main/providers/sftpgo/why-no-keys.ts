import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { findMembers, type JsonObject } from '../wire/json-object.ts'
import { bearer, callSftpgo } from './call.ts'
import { hostOf } from './place.ts'

const OTHERWISE = 'or let leases of this account have a login of their own.'

/**
 * Why a key that was just made is refused with this answer. The service says the same of every account,
 * so that the account itself has to be looked at; where that cannot be, the likely reasons are named.
 */
export async function whyNoKeys(
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
  const { error, message } = findMembers(answer) ?? {}
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
  return answer.status === 200 ? findMembers(answer) : null
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
