import { z } from 'zod'
import { silentHost } from './schema-parts.ts'

export const progress = z.strictObject({ done: z.int(), total: z.int() })

/** What was asked for and is being done; it goes on whether or not anybody waits for it. */
export const deedUnderWay = z.strictObject({
  deed: z.enum(['logout', 'removal', 'rotation', 'revocation']),
  /** The one account that it concerns; absent where there are several. */
  account: z.string().optional(),
  /** The host that has not answered yet, or `the keychain`; absent where it waits for neither. */
  waits_for: z.string().optional(),
})

/** The port that tools are set up for, while another program has it. It is tried first at each start. */
export const portTaken = z.strictObject({ port: z.int(), message: z.string(), hint: z.string() })

export const vaultStatus = z.strictObject({
  kind: z.enum(['keychain', 'memory']),
  state: z.enum(['ready', 'vault_locked', 'vault_unavailable']),
  message: z.string().optional(),
})

/** Ending what an earlier run left behind. */
export const recovery = z.strictObject({
  state: z.enum(['waiting', 'running', 'done']),
  /** Tokens of earlier runs that wait to be revoked. */
  remaining: z.int(),
  /** Those whose end the service has confirmed. */
  revoked: z.int(),
  expired: z.int(),
  /** Those that nothing revokes, so that they are valid until they expire. */
  until_expiry: z.int(),
  /** Session tokens that are in use again; absent if there is none. */
  taken_up: z.int().optional(),
  /** Those that only a newer version can read: nothing is known of them. */
  unreadable: z.int().optional(),
})

export const statusAnswer = z.strictObject({
  version: z.string(),
  pid: z.int(),
  instance: z.string(),
  issuer: z.string(),
  /** What went wrong, line by line. */
  log_file: z.string(),
  port_taken: portTaken.optional(),
  locked: z.boolean(),
  vault: vaultStatus,
  work_off: recovery,
  /** How many accounts a reset that is under way is done with. */
  resetting: progress.optional(),
  /** How many tokens of those that are being revoked were tried. */
  revoking: progress.optional(),
  /** What is being done to accounts and tokens; absent if nothing is. */
  under_way: z.array(deedUnderWay).optional(),
  accounts: z.int(),
  leases: z.int(),
  /** The sessions' own tokens that no lease is open on. This and the next three are absent while not known. */
  sessions: z.int().optional(),
  /** Tokens without a lease that wait to be revoked. */
  pending: z.int().optional(),
  /** Tokens without a lease that nothing revokes, so that they are valid until they expire. */
  until_expiry: z.int().optional(),
  /** Tokens that have expired and wait to be taken off the list of their service. */
  expired: z.int().optional(),
  /** Services that want to be left alone: nothing is sent to them before that time. */
  silent_hosts: z.array(silentHost),
  /** What the person should know, for example that a settings file was set aside. */
  notices: z.array(z.string()),
})
