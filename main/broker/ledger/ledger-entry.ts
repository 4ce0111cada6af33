import { z } from 'zod'
import { Secret } from '../../base/secret.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { LedgerPayload } from '../../vault/ledger/ledger-store.ts'

interface Entry {
  readonly id: string
  readonly accountUid: string
  /** The id of its service, which may be one that only another version knows. */
  readonly provider: string
  /** The account's values at that time: enough to end the token after its account was removed. */
  readonly values: FormValues
  readonly addedAt: number
  /** What the account was called then: it may be gone when this is shown. */
  readonly account?: string | undefined
  /** For which client it was made, where it was made for one. */
  readonly client?: string | undefined
  /** A login made it on its way, to try something out, or came to nothing. */
  readonly isTrial?: boolean | undefined
}

/** A token that a service gave. */
export interface TokenEntry extends Entry {
  readonly kind: 'session' | 'lease'
  /** Under which lease the service made it, where that can be said to the service. */
  readonly leaseId?: string
  /** Nobody is to be given it any more, by whatever run. */
  readonly isLetGo?: boolean | undefined
  readonly token: AccessToken
}

/** A token that a service was about to be asked for, under the id of its lease. */
export interface ReservationEntry extends Entry {
  readonly kind: 'plan'
  readonly leaseId: string
  /** When it will have ended whatever became of it, epoch milliseconds. */
  readonly expiresAt: number
  /** It was ended by its name once, and is looked for once more. */
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

/** The entry as the store encrypts it. Besides the wire and the fingerprint, the only place where tokens are revealed. */
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

/** `null` for what this version cannot use; that it is ours the store has made sure of. */
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
