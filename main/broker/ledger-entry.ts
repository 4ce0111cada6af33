import { z } from 'zod'
import { Secret } from '../base/secret.ts'
import type { AccessToken, FormValues, ProviderId } from '../providers/provider.ts'
import type { LedgerPayload } from '../vault/ledger-store.ts'

export interface LedgerEntry {
  readonly id: string
  readonly accountUid: string
  readonly provider: ProviderId
  /** The form values at that time: enough to end the token after its account was removed. */
  readonly values: FormValues
  readonly kind: 'session' | 'lease'
  readonly addedAt: number
  readonly token: AccessToken
}

const stored = z.object({
  id: z.string(),
  accountUid: z.string(),
  provider: z.enum(['sftpgo', 'giantswarm', 'glowmarkt']),
  values: z.record(z.string(), z.string()),
  kind: z.enum(['session', 'lease']),
  addedAt: z.number(),
  token: z.object({
    value: z.string(),
    tokenType: z.string(),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.number().nullable(),
  }),
})

/** The entry as the store encrypts it. Besides the wire and the fingerprint, the only place where tokens are revealed. */
export function toStored(entry: LedgerEntry): LedgerPayload {
  const { token } = entry
  return {
    id: entry.id,
    accountUid: entry.accountUid,
    provider: entry.provider,
    values: entry.values,
    kind: entry.kind,
    addedAt: entry.addedAt,
    token: {
      value: token.value.reveal(),
      tokenType: token.tokenType,
      headers: mapValues(token.headers, (secret) => secret.reveal()),
      expiresAt: token.expiresAt,
    },
  }
}

/** `null` for what this version cannot use; that it is ours the store has made sure of. */
export function parseEntry(raw: LedgerPayload): LedgerEntry | null {
  const parsed = stored.safeParse(raw)
  if (!parsed.success) return null
  const { token, ...rest } = parsed.data
  return {
    ...rest,
    token: {
      value: new Secret(token.value),
      tokenType: token.tokenType,
      headers: mapValues(token.headers, (value) => new Secret(value)),
      expiresAt: token.expiresAt,
    },
  }
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
