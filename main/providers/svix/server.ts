import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { readObject, readText } from '../wire/json-object.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { hostOf } from './address.ts'
import { isMissing, isServiceError, refusal } from './answers.ts'
import { applicationOf, callSvix } from './call.ts'

/** What calls are made, and spelled, by; kept with the account. */
interface Server {
  /** `oss`: the open-source server, which cannot end a token. */
  readonly flavour: 'hosted' | 'oss'
  /** Whether paths end in a slash, as they did once. */
  readonly slash: 'yes' | 'no'
}

/**
 * Checks key and application, and gives the name of the application and the spelling that found it.
 * Nothing is made by it.
 */
export async function findApplication(
  values: FormValues,
  key: Secret,
  context: ProviderContext,
): Promise<{ readonly name: string; readonly slash: Server['slash'] }> {
  const call = { method: 'GET', route: `/app/${applicationOf(values)}`, token: key } as const
  const ask = (slash: Server['slash']) => callSvix({ ...values, slash }, call, context)
  const answer = await ask('no')
  if (answer.status === 200) return { name: readName(answer), slash: 'no' }
  if (!isMissing(answer)) throw refusal(answer, values, context)
  const other = await ask('yes')
  if (other.status === 200) return { name: readName(other), slash: 'yes' }
  // Only a server that has the route says in words that it has no such application.
  throw refusal(isMissing(other) && !isServiceError(other) ? answer : other, values, context)
}

/**
 * Finds out, as nobody and without ending or making anything, whether the server can end tokens: one
 * that cannot says so before it asks who calls.
 */
export async function findServer(values: FormValues, context: ProviderContext): Promise<Server> {
  const first = toSlash(values)
  let answer: HttpResponse | undefined
  for (const slash of [first, first === 'yes' ? 'no' : 'yes'] as const) {
    const call = { method: 'POST', route: '/auth/logout' } as const
    answer = await callSvix({ ...values, slash }, call, context)
    if (!isMissing(answer)) return { flavour: readFlavour(answer, values, context), slash }
  }
  throw refusedStatus(hostOf(values), answer?.status ?? 404, 'It may be too old to be used here.')
}

/**
 * Refuses the portal token of one application, which finds that application as a key would, and makes
 * no other token: only a key may list applications. Such a token is `wrong_credentials`.
 */
export async function requireKey(
  values: FormValues,
  key: Secret,
  context: ProviderContext,
): Promise<void> {
  const call = { method: 'GET', route: '/app', query: '?limit=1', token: key } as const
  const answer = await callSvix(values, call, context)
  if (answer.status === 403 && isServiceError(answer)) {
    throw new TokentrayError(
      'wrong_credentials',
      `${hostOf(values)} takes this for the portal token of one application, not for an API key.`,
      {
        field: 'key',
        hint: 'Enter the key that "svix-server jwt generate" prints on your server.',
      },
    )
  }
  if (answer.status !== 200) throw refusal(answer, values, context)
  if (!Array.isArray(readObject(answer)['data'])) throw refusedStatus(hostOf(values), 200)
}

const toSlash = ({ slash }: FormValues) => (slash === 'yes' ? 'yes' : 'no')

function readFlavour(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Server['flavour'] {
  const { status } = answer
  if (isServiceError(answer)) {
    if (status === 501) return 'oss'
    if (status === 401 || status === 403) return 'hosted'
  }
  throw status === 429 ? refusal(answer, values, context) : refusedStatus(hostOf(values), status)
}

/** Security: it is shown to a person, so a name that could steer a terminal gives way to the id. */
function readName(answer: HttpResponse): string {
  const members = readObject(answer)
  const id = readText(members, 'id')
  const { name, uid } = members
  const fit = [name, uid, id].find(
    (text) => typeof text === 'string' && /^[^\p{C}]{1,64}$/u.test(text) && text.trim() !== '',
  )
  return typeof fit === 'string' ? fit.trim() : 'an application'
}
