import { z } from 'zod'
import { Secret } from '../../base/secret.ts'
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

export type LedgerEntry = TokenEntry | ReservationEntry

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
  }),
})

const storedPlan = z.object({
  ...common,
  kind: z.literal('plan'),
  leaseId: z.string(),
  expiresAt: z.number(),
  isEnded: z.boolean().optional(),
})

const stored = z.union([storedToken, storedPlan])

/** The entry as the store encrypts it. Besides requests and the fingerprint, the only place that reveals tokens. */
export function toStored(entry: LedgerEntry): LedgerPayload {
  const { id, accountUid, provider, values, addedAt, kind, leaseId, account, client, isTrial } =
    entry
  const shared = {
    ...{ id, accountUid, provider, values, addedAt, kind },
    ...(leaseId && { leaseId }),
    ...(account && { account }),
    ...(client && { client }),
    ...(isTrial && { isTrial }),
  }
  if (entry.kind === 'plan') {
    const { expiresAt, isEnded } = entry
    return { ...shared, expiresAt, ...(isEnded && { isEnded }) }
  }
  const { token, isLetGo } = entry
  const { takenAfterEndMs } = token
  return {
    ...shared,
    ...(isLetGo && { isLetGo }),
    token: {
      value: token.value.reveal(),
      tokenType: token.tokenType,
      headers: mapValues(token.headers, (secret) => secret.reveal()),
      expiresAt: token.expiresAt,
      ...(takenAfterEndMs !== undefined && { takenAfterEndMs }),
    },
  }
}

/** `null` for an entry that this version cannot use. The store has authenticated it. */
export function parseEntry(raw: LedgerPayload): LedgerEntry | null {
  const parsed = stored.safeParse(raw)
  if (!parsed.success) return null
  const { data } = parsed
  if (data.kind === 'plan') return data
  const { token, leaseId, ...rest } = data
  const { takenAfterEndMs } = token
  return {
    ...rest,
    ...(leaseId !== undefined && { leaseId }),
    token: {
      value: new Secret(token.value),
      tokenType: token.tokenType,
      headers: mapValues(token.headers, (value) => new Secret(value)),
      expiresAt: token.expiresAt,
      ...(takenAfterEndMs !== undefined && { takenAfterEndMs }),
    },
  }
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
