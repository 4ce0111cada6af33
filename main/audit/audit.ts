/** Why a lease ended. */
export type EndCause =
  /** Somebody ended it, or gave it back. */
  | 'asked'
  /** Its time was over. */
  | 'expired'
  /** The service refuses its token. */
  | 'refused'
  | 'logged_out'
  /** Its account was logged in at another place. */
  | 'moved'
  /** Another token took its place. */
  | 'replaced'
  | 'client_removed'
  /** It could not leave: it was locked away, or could not be recorded. */
  | 'withheld'
  /** Of a token that a login made and did not keep. */
  | 'login'
  | 'stopped'

/** One event as it is recorded. No member may hold a token or a credential. */
export interface AuditEvent {
  /** ARCHITECTURE.md lists them. */
  readonly event: string
  /** Whose token it is, or which client was changed. Of the person: `cli` or `tray`. */
  readonly client?: string
  readonly account?: string
  /** That account's own, which stays the same whatever the account is called; where there is `account`. */
  readonly accountUid?: string
  readonly lease?: string
  /** Keyed fingerprint of the token that was handed out. */
  readonly fingerprint?: string
  /** When the lease ends, epoch milliseconds. */
  readonly endsAt?: number | null
  /** What the tool said it wants the token for, what a service said, or why a token lives on. */
  readonly reason?: string
  /** The service that it is about, where that is no single account. */
  readonly host?: string
  /**
   * How it came in, and so who did it: `oauth` (the client), `v1` (the person, by the command line),
   * `window` and `tray` (the person), `broker` (Tokentray itself). Lines of earlier versions may have none.
   */
  readonly route?: string
  /**
   * What became of the token of a session that was ended: `ended`, `pending`, `until_expiry`; of a
   * lease that ended `shared` where others hold the same token.
   */
  readonly atService?: string
  /** The error code, where the event is a refusal. */
  readonly code?: string
  /** Why a lease ended. Of a token `login` where it belongs to no account, `stopped` where a stop left it waiting. */
  readonly cause?: EndCause
  /** Which setting was changed, from what, and to what. Of a rename `from` is the id before. */
  readonly setting?: string
  readonly from?: string
  readonly to?: string
  /** When it happened, epoch milliseconds, where the line could not be written then. */
  readonly at?: number
}

export interface Audit {
  /**
   * Resolves when the line has been handed to the operating system (write(2) has returned), so
   * that a crash of this process cannot lose it. Rejects with `record_unavailable`.
   */
  record(event: AuditEvent): Promise<void>
}
