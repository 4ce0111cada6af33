import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type {
  AccessToken,
  FormValues,
  MintedLease,
  MintRequest,
  ProviderContext,
  ProviderSession,
  Revocation,
} from '../provider.ts'
import { readObject, readText, readToken, unexpected } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { isServiceError } from './call.ts'
import { callKeys, deleteKey, isKeyId, keysRefusal, listKeys } from './key-calls.ts'

/** What an API key travels in. */
export const KEY_HEADER = 'X-SFTPGO-API-KEY'
const SCOPE = { admin: 1, user: 2 } as const
/** Far less than the shortest life that is asked of a token. */
const TOLERABLE_SKEW_MS = 10_000

/** True for a token that is an API key, and not a JWT. */
export function isApiKey({ headers }: AccessToken): boolean {
  return Object.hasOwn(headers, KEY_HEADER)
}

/**
 * An API key for one lease, under a name by which it is found again. The service ends it by its own
 * clock, which only an answer tells: to ask first would cost every lease a call, so the end is
 * written by ours, and once more where the clocks turn out to be apart. An error that denies that a
 * key was made is true: where one may live on, it is another.
 */
export async function mintKey(
  session: ProviderSession,
  { leaseId, lifetimeSeconds }: MintRequest,
  context: ProviderContext,
): Promise<AccessToken> {
  const { values } = session
  const endsAt = context.clock.now() + lifetimeSeconds * 1_000
  const record = toRecord(leaseId, values)
  const body = JSON.stringify({ ...record, expires_at: endsAt })
  const answer = await callKeys(session, { method: 'POST', body }, context)
  if (answer.status !== 201) throw mintRefusal(answer, values, context)
  try {
    const value = new Secret(readToken(readObject(answer), 'key'))
    const id = readKeyId(value)
    const { skewMs } = answer
    const isApart = Math.abs(skewMs) > TOLERABLE_SKEW_MS
    if (isApart) await moveEnd(id, { ...record, expires_at: endsAt + skewMs }, session, context)
    const expiresAt = isApart ? endsAt : endsAt - skewMs
    // There is no scheme word: the name of the header is all there is to say.
    return { value, tokenType: KEY_HEADER, headers: { [KEY_HEADER]: value }, expiresAt }
  } catch (error) {
    // Sooner than by the lease's id, by which it would be found as well.
    if (await discard(answer, session, context)) throw error
    throw asUnclear(error)
  }
}

/** Ends the key of a lease, also where only the id of the lease is known. */
export async function endKey(
  { leaseId, token }: MintedLease,
  session: ProviderSession,
  context: ProviderContext,
): Promise<Revocation> {
  const deleted = token && (await deleteKey(readKeyId(token.value), session, context))
  if (deleted?.ending === 'revoked') return 'revoked'
  const name = nameOf(leaseId)
  let ending: Revocation = 'already_gone'
  // Names need not be unique at the service.
  for (const key of deleted?.listed ?? (await listKeys(session, context))) {
    if (key.name !== name) continue
    if ((await deleteKey(key.id, session, context)).ending === 'revoked') ending = 'revoked'
  }
  return ending
}

function toRecord(leaseId: string, { username, keyUser }: FormValues) {
  return {
    name: nameOf(leaseId),
    scope: keyUser ? SCOPE.user : SCOPE.admin,
    ...(keyUser ? { user: keyUser } : { admin: username ?? '' }),
    description: 'Made by Tokentray for one lease, and deleted when that ends.',
  }
}

/** Writes the whole record: what an update leaves out, the end as well, is gone afterwards. */
async function moveEnd(
  id: string,
  record: ReturnType<typeof toRecord> & { readonly expires_at: number },
  session: ProviderSession,
  context: ProviderContext,
): Promise<void> {
  const call = { method: 'PUT', below: `/${id}`, body: JSON.stringify(record) } as const
  const answer = await callKeys(session, call, context)
  if (answer.status !== 200) throw keysRefusal(answer, session.values, context)
  readText(readObject(answer), 'message')
}

/** Ends a key that nobody will use; false where it may live on. */
async function discard(
  answer: HttpResponse,
  session: ProviderSession,
  context: ProviderContext,
): Promise<boolean> {
  const id = answer.header('x-object-id') ?? answer.header('location')?.split('/').at(-1) ?? ''
  if (!isKeyId(id)) return false
  return deleteKey(id, session, context).then(
    () => true,
    () => false,
  )
}

const DENIALS: readonly unknown[] = [
  'wrong_credentials',
  'rate_limited',
  'invalid_request',
  'not_supported',
] satisfies ErrorCode[]

/** True for an error after which it is certain that no key was made. */
export const isDenied = (error: unknown) => isTokentrayError(error) && DENIALS.includes(error.code)

/** Whoever asked would take these for a word that no key was made, and look for none. */
function asUnclear(error: unknown): unknown {
  if (!isTokentrayError(error) || !isDenied(error)) return error
  return new TokentrayError(
    'temporarily_unavailable',
    'An API key was made that could be neither finished nor deleted.',
    { cause: error },
  )
}

function mintRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  if (!isServiceError(answer, 400)) return keysRefusal(answer, values, context)
  const host = hostOf(values)
  const { keyUser, username = '' } = values
  return keyUser
    ? new TokentrayError('invalid_request', `"Keys act for": ${host} has no user ${keyUser}.`, {
        field: 'keyUser',
        hint: 'Enter the name of a user, or nothing for the administrator itself.',
      })
    : new TokentrayError('invalid_request', `${host} makes no API key for ${username}.`, {
        field: 'leaseBy',
        hint: 'Let leases of this account have a login of their own.',
      })
}

/** The part in front of the secret. */
function readKeyId(key: Secret): string {
  const id = key.reveal().split('.', 1)[0] ?? ''
  const isKey = isKeyId(id) && key.reveal().length > id.length + 1
  if (isKey) return id
  throw unexpected('holds no usable "key"')
}

const nameOf = (leaseId: string) => `tokentray-${leaseId}`
