import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { findObject, type JsonObject } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { bearer, callSftpgo } from './call.ts'
import { deleteLeaseKey, isDenied, mintKey } from './keys.ts'
import { readVerdict, tryToken } from './token-check.ts'

/** A key left over from an interrupted trial expires after this. */
const TRIAL_SECONDS = 60

/**
 * Creates an API key as a lease would, tries it and deletes it. Rejects with `invalid_request` if leases
 * would get no key, and `not_supported` if the service does not accept keys; the caller revokes the session's
 * token. The service never removes keys by itself, so the key is recorded before it is created.
 */
export async function tryKeys(session: ProviderSession, context: ProviderContext): Promise<void> {
  const leaseId = `check-${context.newId()}`
  const end = async (token?: AccessToken) => {
    await deleteLeaseKey({ leaseId, ...(token && { token }) }, session, context)
    context.trials?.ended(leaseId)
  }
  const token = await makeKey(leaseId, session, context, end)
  const refusal = await tryOut(token, session, context).catch(async (error: unknown) => {
    // The first error matters more than a key that expires within a minute.
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
    // The key may exist if the response was lost or unreadable. A recorded one is deleted later, when the
    // request cannot be in progress any more.
    else if (!trials) await end().catch(() => undefined)
    throw error
  }
  await trials?.made(token, session.values, leaseId)
  return token
}

/** Why the key is refused; `null` if it is accepted. */
async function tryOut(
  token: AccessToken,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError | null> {
  const { values } = session
  const response = await tryToken(token, values, context)
  const verdict = readVerdict(response, token, values, context)
  return verdict === 'refused' ? await whyNoKeys(response, session, context) : null
}

/**
 * Why a new key is refused. The service gives the same response for every reason, so this looks at the
 * account; if that is not possible, the error names the likely reason.
 */
async function whyNoKeys(
  response: HttpResponse,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError> {
  const { values } = session
  if (isKeyIgnored(response)) {
    return new TokentrayError(
      'not_supported',
      `${hostOf(values)} does not accept API keys: they are turned off on the server.`,
      {
        hint: 'Ask the administrator of the server to turn them on, or use separate logins instead of API keys.',
      },
    )
  }
  const account = await readAccount(session, context).catch(() => null)
  return account ? explainAccount(account, values) : refused(values)
}

/** True if the service ignored the key and asks for a token. */
function isKeyIgnored(response: HttpResponse): boolean {
  const { error, message } = findObject(response) ?? {}
  return response.status === 401 && [error, message].some((text) => /no token/i.test(String(text)))
}

/** The account that the key acts as; `null` if it cannot be read. */
async function readAccount(
  { values, token }: ProviderSession,
  context: ProviderContext,
): Promise<JsonObject | null> {
  if (!token) return null
  const { keyUser, username = '' } = values
  const list = keyUser ? 'users' : 'admins'
  const path = `/api/v2/${list}/${encodeURIComponent(keyUser || username)}`
  const call = { method: 'GET', path, headers: bearer(token.value) } as const
  const response = await callSftpgo(values, call, context)
  return response.status === 200 ? findObject(response) : null
}

function explainAccount(account: JsonObject, values: FormValues): TokentrayError {
  if (account['status'] === 0) {
    return refused(values, 'that account is disabled', 'Enable it, or enter another user')
  }
  const { filters } = account
  const allows =
    typeof filters === 'object' &&
    filters !== null &&
    'allow_api_key_auth' in filters &&
    filters.allow_api_key_auth === true
  return allows ? refused(values, 'that account cannot be used from this address') : refused(values)
}

function refused(
  values: FormValues,
  because = 'that account does not allow API key authentication',
  remedy = 'Turn on "allow API key authentication" for it, or enter another user',
): TokentrayError {
  const { keyUser, username = '' } = values
  const subject = keyUser ? `the user ${keyUser}` : `the administrator ${username}`
  return new TokentrayError(
    'not_supported',
    `${hostOf(values)} does not accept API keys for ${subject}: ${because}.`,
    { hint: `${remedy} in "API keys act as".` },
  )
}
