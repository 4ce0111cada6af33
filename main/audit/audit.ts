import type { RefusalCause } from '../base/errors.ts'

/** Why a lease was closed. */
export type EndCause =
  /** The user or the tool closed it. */
  | 'asked'
  /** It expired. */
  | 'expired'
  /** The service rejects its token. */
  | 'refused'
  | 'logged_out'
  /** Its account was logged in elsewhere. */
  | 'moved'
  /** It was replaced by another token. */
  | 'replaced'
  | 'client_removed'
  /** Its client may no longer use the account. */
  | 'grant_removed'
  /** It could not be handed out: Tokentray was locked meanwhile, or it could not be recorded. */
  | 'withheld'
  /** A token that a login obtained and did not keep. */
  | 'login'
  | 'stopped'

/** One event as recorded. No member may hold a token or a credential. */
export interface AuditEvent {
  /** ARCHITECTURE.md lists them. */
  readonly event: string
  /** Whose token it is, or which client was changed. For the user: `cli` or `tray`. */
  readonly client?: string
  readonly account?: string
  /** The uid of `account`, which stays the same when the account is renamed. */
  readonly accountUid?: string
  readonly lease?: string
  /** Keyed fingerprint of the issued token. */
  readonly fingerprint?: string
  /** When the lease expires, epoch milliseconds. */
  readonly endsAt?: number | null
  /** The tool's stated purpose, a message of the service, or why a token stays valid. */
  readonly reason?: string
  /** The service, if the event is not about a single account. */
  readonly host?: string
  /**
   * Where the request came from, and so who made it: `oauth` (the client), `v1` (the user, on the command
   * line), `window` and `tray` (the user), `broker` (Tokentray itself). May be absent in lines of earlier
   * versions.
   */
  readonly route?: string
  /**
   * What became of the token of a closed session: `ended`, `pending`, `until_expiry`; for a closed lease
   * `shared` if others hold the same token.
   */
  readonly atService?: string
  /** The error code, if the event is a refusal. */
  readonly code?: string
  /**
   * Why a lease was closed. For a token: `login` if it belongs to no account, `stopped` if it was left
   * waiting when Tokentray stopped. For a refusal: why, if its code does not say enough.
   */
  readonly cause?: EndCause | RefusalCause
  /** Which setting was changed, from what, and to what. For a rename, `from` is the earlier id. */
  readonly setting?: string
  readonly from?: string
  readonly to?: string
  /** When it happened, epoch milliseconds, if the line could not be written at that time. */
  readonly at?: number
}

export interface Audit {
  /**
   * Resolves when the line has been passed to the operating system (write(2) has returned), so that a crash
   * of this process cannot lose it. Rejects with `record_unavailable`.
   */
  record(event: AuditEvent): Promise<void>
}
