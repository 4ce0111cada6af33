import { z } from 'zod'
import { Secret, type Secrets } from '../../base/secret.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { LedgerPayload } from '../../vault/ledger/ledger-store.ts'

interface Entry {
  readonly id: string
  readonly accountUid: string
  /** The id of its service, which may be known to another version only. */
  readonly provider: string
  /** The account's values at that time: enough to revoke the token after the account was removed. */
  readonly values: FormValues
  readonly addedAt: number
  /** The account's id at that time: the account may be gone when this is shown. */
  readonly account?: string | undefined
  /** The client that it was made for, if any. */
  readonly client?: string | undefined
  /** A login made it as a trial, or failed after making it. */
  readonly isTrial?: boolean | undefined
}

/** A token that a service issued. */
export interface TokenEntry extends Entry {
  readonly kind: 'session' | 'lease'
  /** The lease id that the service knows it by, if any. */
  readonly leaseId?: string
  /** Not to be issued any more, by this run or a later one. */
  readonly isLetGo?: boolean | undefined
  readonly token: AccessToken
}

/** A token that is about to be requested from a service, under a lease id. */
export interface ReservationEntry extends Entry {
  readonly kind: 'plan'
  readonly leaseId: string
  /** When it has certainly expired, epoch milliseconds. */
  readonly expiresAt: number
  /** It was revoked by its lease id once, and is to be revoked once more. */
  readonly isEnded?: boolean | undefined
}

/**
 * The credential of an account that a renewal changes, from before the request until the keychain has
 * it; or one that has to be ended at its service.
 */
export interface CredentialEntry extends Entry {
  readonly kind: 'credential'
  /** The keychain item that it belongs in. */
  readonly item: string
  /** Absent until the answer of the renewal is there. */
  readonly credential?: Secrets | undefined
  /** The service was asked for another one, and its answer is not there yet. */
  readonly isRenewing?: true | undefined
  /** Its account was logged out: it has to be ended. */
  readonly isLetGo?: boolean | undefined
}

export type LedgerEntry = TokenEntry | ReservationEntry | CredentialEntry

const common = {
  id: z.string(),
  accountUid: z.string(),
  provider: z.string(),
  values: z.record(z.string(), z.string()),
  addedAt: z.number(),
  account: z.string().optional(),
  client: z.string().optional(),
  isTrial: z.boolean().optional(),
}

const storedToken = z.object({
  ...common,
  kind: z.enum(['session', 'lease']),
  leaseId: z.string().optional(),
  isLetGo: z.boolean().optional(),
  token: z.object({
    value: z.string(),
    tokenType: z.string(),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.number().nullable(),
    takenAfterEndMs: z.number().nonnegative().optional(),
    outputs: z.record(z.string(), z.string()).optional(),
  }),
})

const storedPlan = z.object({
  ...common,
  kind: z.literal('plan'),
  leaseId: z.string(),
  expiresAt: z.number(),
  isEnded: z.boolean().optional(),
})

const storedCredential = z.object({
  ...common,
  kind: z.literal('credential'),
  item: z.string(),
  credential: z.record(z.string(), z.string()).optional(),
  isRenewing: z.literal(true).optional(),
  isLetGo: z.boolean().optional(),
})

const stored = z.union([storedToken, storedPlan, storedCredential])

/** The entry as the store encrypts it. Besides requests and the fingerprint, the only place that reveals tokens. */
export function toStored(entry: LedgerEntry): LedgerPayload {
  const { id, accountUid, provider, values, addedAt, kind, account, client, isTrial } = entry
  const shared = {
    ...{ id, accountUid, provider, values, addedAt, kind },
    ...(account && { account }),
    ...(client && { client }),
    ...(isTrial && { isTrial }),
  }
  if (entry.kind === 'plan') {
    const { leaseId, expiresAt, isEnded } = entry
    return { ...shared, leaseId, expiresAt, ...(isEnded && { isEnded }) }
  }
  if (entry.kind === 'credential') {
    const { item, credential, isRenewing, isLetGo } = entry
    return {
      ...{ ...shared, item },
      ...(credential && { credential: revealAll(credential) }),
      ...(isRenewing && { isRenewing }),
      ...(isLetGo && { isLetGo }),
    }
  }
  const { token, leaseId, isLetGo } = entry
  const { takenAfterEndMs, outputs } = token
  return {
    ...shared,
    ...(leaseId && { leaseId }),
    ...(isLetGo && { isLetGo }),
    token: {
      value: token.value.reveal(),
      tokenType: token.tokenType,
      headers: revealAll(token.headers),
      expiresAt: token.expiresAt,
      ...(takenAfterEndMs !== undefined && { takenAfterEndMs }),
      ...(outputs && { outputs: revealAll(outputs) }),
    },
  }
}

/** `null` for an entry that this version cannot use. The store has authenticated it. */
export function parseEntry(raw: LedgerPayload): LedgerEntry | null {
  const parsed = stored.safeParse(raw)
  if (!parsed.success) return null
  const { data } = parsed
  if (data.kind === 'plan') return data
  if (data.kind === 'credential') {
    const { credential, ...rest } = data
    return { ...rest, ...(credential && { credential: toSecrets(credential) }) }
  }
  const { token, leaseId, ...rest } = data
  const { takenAfterEndMs, outputs } = token
  return {
    ...rest,
    ...(leaseId !== undefined && { leaseId }),
    token: {
      value: new Secret(token.value),
      tokenType: token.tokenType,
      headers: toSecrets(token.headers),
      expiresAt: token.expiresAt,
      ...(takenAfterEndMs !== undefined && { takenAfterEndMs }),
      ...(outputs && { outputs: toSecrets(outputs) }),
    },
  }
}

const revealAll = (secrets: Secrets) => mapValues(secrets, (secret) => secret.reveal())
const toSecrets = (texts: Readonly<Record<string, string>>): Secrets =>
  mapValues(texts, (text) => new Secret(text))

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
