import { z } from 'zod'
import { silentHost } from './schema-parts.ts'

export const progress = z.strictObject({ done: z.int(), total: z.int() })

/** An operation in progress; it continues whether or not a caller waits for it. */
export const workInProgress = z.strictObject({
  deed: z.enum(['logout', 'removal', 'rotation', 'revocation']),
  /** Its account; absent if there are several. */
  account: z.string().optional(),
  /** The host it is waiting for, or `the keychain`; absent if it waits for neither. */
  waits_for: z.string().optional(),
})

/** The port that tools are set up for, while another program uses it. Each start tries it first. */
export const portTaken = z.strictObject({ port: z.int(), message: z.string(), hint: z.string() })

export const vaultStatus = z.strictObject({
  kind: z.enum(['keychain', 'memory']),
  state: z.enum(['ready', 'vault_locked', 'vault_unavailable']),
  message: z.string().optional(),
})

/** Revoking tokens of earlier runs. */
export const recovery = z.strictObject({
  state: z.enum(['waiting', 'running', 'done']),
  /** Tokens of earlier runs that are waiting to be revoked. */
  remaining: z.int(),
  /** Those that were revoked, as the service confirmed. */
  revoked: z.int(),
  expired: z.int(),
  /** Those that cannot be revoked and stay valid until they expire. */
  until_expiry: z.int(),
  /** Session tokens that are in use again; absent if there are none. */
  taken_up: z.int().optional(),
  /** Entries that only a newer version can read; their state is unknown. */
  unreadable: z.int().optional(),
})

export const statusAnswer = z.strictObject({
  version: z.string(),
  pid: z.int(),
  instance: z.string(),
  issuer: z.string(),
  /** Error messages, one per line. */
  log_file: z.string(),
  port_taken: portTaken.optional(),
  locked: z.boolean(),
  vault: vaultStatus,
  work_off: recovery,
  /** How many accounts a running reset has finished. */
  resetting: progress.optional(),
  /** How many of the tokens that are being revoked were tried. */
  revoking: progress.optional(),
  /** Operations in progress on accounts and tokens; absent if there are none. */
  under_way: z.array(workInProgress).optional(),
  accounts: z.int(),
  leases: z.int(),
  /** The sessions' own tokens without an open lease. This and the next three are absent while unknown. */
  sessions: z.int().optional(),
  /** Tokens without a lease that are waiting to be revoked. */
  pending: z.int().optional(),
  /** Tokens without a lease that cannot be revoked and stay valid until they expire. */
  until_expiry: z.int().optional(),
  /** Expired tokens that are waiting to be deleted from the list of their service. */
  expired: z.int().optional(),
  /** Services that are limiting requests: nothing is sent to them before that time. */
  silent_hosts: z.array(silentHost),
  /** Notices for the user, for example that a settings file was set aside. */
  notices: z.array(z.string()),
})
