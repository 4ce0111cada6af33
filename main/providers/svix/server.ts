import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { readObject, readText } from '../wire/json-object.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { hostOf } from './address.ts'
import { isMissing, isServiceError, refusal } from './answers.ts'
import { applicationOf, callSvix } from './call.ts'

/** What kind of server it is; stored with the account. */
interface Server {
  /** `oss`: the open-source server, which cannot revoke tokens. */
  readonly flavour: 'hosted' | 'oss'
  /** Whether paths need a trailing slash, as in older versions. */
  readonly slash: 'yes' | 'no'
}

/** Checks the key and the application; resolves to the application's name and the form of paths that worked. */
export async function findApplication(
  values: FormValues,
  key: Secret,
  context: ProviderContext,
): Promise<{ readonly name: string; readonly slash: Server['slash'] }> {
  const call = { method: 'GET', route: `/app/${applicationOf(values)}`, token: key } as const
  const ask = (slash: Server['slash']) => callSvix({ ...values, slash }, call, context)
  const response = await ask('no')
  if (response.status === 200) return { name: readName(response), slash: 'no' }
  if (!isMissing(response)) throw refusal(response, values, context)
  const other = await ask('yes')
  if (other.status === 200) return { name: readName(other), slash: 'yes' }
  // Only a server that has this route says that it has no such application.
  throw refusal(isMissing(other) && !isServiceError(other) ? response : other, values, context)
}

/**
 * Finds out whether the server can revoke tokens, with a call without credentials that changes nothing: a
 * server that cannot says so before it checks the caller.
 */
export async function findServer(values: FormValues, context: ProviderContext): Promise<Server> {
  const first = toSlash(values)
  let response: HttpResponse | undefined
  for (const slash of [first, first === 'yes' ? 'no' : 'yes'] as const) {
    const call = { method: 'POST', route: '/auth/logout' } as const
    response = await callSvix({ ...values, slash }, call, context)
    if (!isMissing(response)) return { flavour: readFlavour(response, values, context), slash }
  }
  throw refusedStatus(hostOf(values), response?.status ?? 404, 'It may be too old for Tokentray.')
}

/**
 * Rejects with `wrong_credentials` for the portal token of an application, which can read that application
 * like a key, but cannot create tokens. Only a key may list applications.
 */
export async function requireKey(
  values: FormValues,
  key: Secret,
  context: ProviderContext,
): Promise<void> {
  const call = { method: 'GET', route: '/app', query: '?limit=1', token: key } as const
  const response = await callSvix(values, call, context)
  if (response.status === 403 && isServiceError(response)) {
    throw new TokentrayError(
      'wrong_credentials',
      `${hostOf(values)} says that this is the portal token of an application, not an API key.`,
      {
        field: 'key',
        hint: 'Enter the key that "svix-server jwt generate" prints on your server.',
      },
    )
  }
  if (response.status !== 200) throw refusal(response, values, context)
  if (!Array.isArray(readObject(response)['data'])) throw refusedStatus(hostOf(values), 200)
}

const toSlash = ({ slash }: FormValues) => (slash === 'yes' ? 'yes' : 'no')

function readFlavour(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Server['flavour'] {
  const { status } = response
  if (isServiceError(response)) {
    if (status === 501) return 'oss'
    if (status === 401 || status === 403) return 'hosted'
  }
  throw status === 429 ? refusal(response, values, context) : refusedStatus(hostOf(values), status)
}

/** Security: the name is shown to the user, so one with control characters is replaced by the id. */
function readName(response: HttpResponse): string {
  const body = readObject(response)
  const id = readText(body, 'id')
  const { name, uid } = body
  const fit = [name, uid, id].find(
    (text) => typeof text === 'string' && /^[^\p{C}]{1,64}$/u.test(text) && text.trim() !== '',
  )
  return typeof fit === 'string' ? fit.trim() : 'an application'
}
