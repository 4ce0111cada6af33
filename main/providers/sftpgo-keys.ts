import { TokentrayError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import type { HttpAnswer } from './http.ts'
import { readMembers, readText, readToken } from './members.ts'
import type {
  AccessToken,
  FormValues,
  MintedLease,
  MintRequest,
  ProviderContext,
  ProviderSession,
  Revocation,
} from './provider.ts'
import { hostOf, isOwn } from './sftpgo-call.ts'
import { callKeys, deleteKey, isKeyId, keysRefusal, listKeys } from './sftpgo-key-calls.ts'

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
 * written by ours, and once more where the clocks turn out to be apart.
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
    const value = new Secret(readToken(readMembers(answer), 'key'))
    const id = readKeyId(value)
    const { skewMs } = answer
    const isApart = Math.abs(skewMs) > TOLERABLE_SKEW_MS
    if (isApart) await moveEnd(id, { ...record, expires_at: endsAt + skewMs }, session, context)
    const expiresAt = isApart ? endsAt : endsAt - skewMs
    // There is no scheme word: the name of the header is all there is to say.
    return { value, tokenType: KEY_HEADER, headers: { [KEY_HEADER]: value }, expiresAt }
  } catch (error) {
    // Sooner than by the lease's id, by which it would be found as well.
    await discard(answer, session, context)
    throw error
  }
}

/** Ends the key of a lease, also where only the id of the lease is known. */
export async function endKey(
  { leaseId, token }: MintedLease,
  session: ProviderSession,
  context: ProviderContext,
): Promise<Revocation> {
  if (token) return deleteKey(readKeyId(token.value), session, context)
  const name = nameOf(leaseId)
  let ending: Revocation = 'already_gone'
  // Names need not be unique at the service.
  for (const key of await listKeys(session, context)) {
    if (key.name === name && (await deleteKey(key.id, session, context)) === 'revoked') {
      ending = 'revoked'
    }
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
  readText(readMembers(answer), 'message')
}

/** A key that nobody will use; where this fails as well it ends by itself. */
async function discard(
  answer: HttpAnswer,
  session: ProviderSession,
  context: ProviderContext,
): Promise<void> {
  const id = answer.header('x-object-id') ?? answer.header('location')?.split('/').at(-1) ?? ''
  if (isKeyId(id)) await deleteKey(id, session, context).catch(() => undefined)
}

function mintRefusal(
  answer: HttpAnswer,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  if (!isOwn(answer, 400)) return keysRefusal(answer, values, context)
  const whom = values['keyUser'] ?? values['username'] ?? ''
  return new TokentrayError(
    'invalid_request',
    `${hostOf(values)} makes no API key for ${whom}: is there such an account?`,
    { hint: 'Correct the user that the keys act for.' },
  )
}

/** The part in front of the secret. */
function readKeyId(key: Secret): string {
  const id = key.reveal().split('.', 1)[0] ?? ''
  const isKey = isKeyId(id) && key.reveal().length > id.length + 1
  if (isKey) return id
  throw new TokentrayError('unexpected_answer', 'The answer of the service holds no usable "key".')
}

const nameOf = (leaseId: string) => `tokentray-${leaseId}`
