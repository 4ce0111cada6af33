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

/** The header for an API key. */
export const KEY_HEADER = 'X-SFTPGO-API-KEY'
const SCOPE = { admin: 1, user: 2 } as const
/** Far less than the shortest token lifetime. */
const TOLERABLE_SKEW_MS = 10_000

/** True for an API key, false for a JWT. */
export function isApiKey({ headers }: AccessToken): boolean {
  return Object.hasOwn(headers, KEY_HEADER)
}

/**
 * Creates an API key for one lease, with a name by which it can be found again. The service expires it by its
 * own clock, which is known only from a response. Asking first would cost a call per lease, so the expiry is
 * set by our clock, and corrected if the clocks turn out to differ. Errors for which `isDenied` is true mean
 * that no key was created; if one may still exist, the error is another.
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
  const response = await callKeys(session, { method: 'POST', body }, context)
  if (response.status !== 201) throw mintRefusal(response, values, context)
  try {
    const value = new Secret(readToken(readObject(response), 'key'))
    const id = readKeyId(value)
    const { skewMs } = response
    const isApart = Math.abs(skewMs) > TOLERABLE_SKEW_MS
    if (isApart)
      await changeExpiry(id, { ...record, expires_at: endsAt + skewMs }, session, context)
    const expiresAt = isApart ? endsAt : endsAt - skewMs
    // There is no scheme word, so the header name serves as the type.
    return { value, tokenType: KEY_HEADER, headers: { [KEY_HEADER]: value }, expiresAt }
  } catch (error) {
    // At once, although it could also be found later by the id of the lease.
    if (await discard(response, session, context)) throw error
    throw withoutDenial(error)
  }
}

/** Deletes the key of a lease, even if only the id of the lease is known. */
export async function deleteLeaseKey(
  { leaseId, token }: MintedLease,
  session: ProviderSession,
  context: ProviderContext,
): Promise<Revocation> {
  const deleted = token && (await deleteKey(readKeyId(token.value), session, context))
  if (deleted?.ending === 'revoked') return 'revoked'
  const name = nameOf(leaseId)
  let ending: Revocation = 'already_gone'
  // Names are not necessarily unique at the service.
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
    description: 'Created by Tokentray for one token, and deleted with it.',
  }
}

/** Writes the whole record, because an update clears what it leaves out, including the expiry. */
async function changeExpiry(
  id: string,
  record: ReturnType<typeof toRecord> & { readonly expires_at: number },
  session: ProviderSession,
  context: ProviderContext,
): Promise<void> {
  const call = { method: 'PUT', below: `/${id}`, body: JSON.stringify(record) } as const
  const response = await callKeys(session, call, context)
  if (response.status !== 200) throw keysRefusal(response, session.values, context)
  readText(readObject(response), 'message')
}

/** Deletes a key that will not be used; false if it may still exist. */
async function discard(
  response: HttpResponse,
  session: ProviderSession,
  context: ProviderContext,
): Promise<boolean> {
  const id = response.header('x-object-id') ?? response.header('location')?.split('/').at(-1) ?? ''
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

/** True for an error that means that no key was created. */
export const isDenied = (error: unknown) => isTokentrayError(error) && DENIALS.includes(error.code)

/** Replaces an error that would wrongly tell the caller that no key was created. */
function withoutDenial(error: unknown): unknown {
  if (!isTokentrayError(error) || !isDenied(error)) return error
  return new TokentrayError(
    'temporarily_unavailable',
    'An API key was created that could be neither set up nor deleted.',
    { cause: error },
  )
}

function mintRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  if (!isServiceError(response, 400)) return keysRefusal(response, values, context)
  const host = hostOf(values)
  const { keyUser, username = '' } = values
  return keyUser
    ? new TokentrayError('invalid_request', `${host} has no user ${keyUser}.`, {
        field: 'keyUser',
        hint: 'Enter a user name, or leave the field empty for the administrator.',
      })
    : new TokentrayError('invalid_request', `${host} does not create an API key for ${username}.`, {
        field: 'leaseBy',
        hint: 'Use separate logins instead of API keys.',
      })
}

/** The part of the key before its secret. */
function readKeyId(key: Secret): string {
  const id = key.reveal().split('.', 1)[0] ?? ''
  const isKey = isKeyId(id) && key.reveal().length > id.length + 1
  if (isKey) return id
  throw unexpected('contains no usable "key"')
}

const nameOf = (leaseId: string) => `tokentray-${leaseId}`
