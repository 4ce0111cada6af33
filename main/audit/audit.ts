/** One event as it is recorded. No member may hold a token or a credential. */
export interface AuditEvent {
  readonly event: string
  readonly client?: string
  readonly account?: string
  readonly lease?: string
  /** Keyed fingerprint of the token that was handed out. */
  readonly fingerprint?: string
  /** When the lease ends, epoch milliseconds. */
  readonly endsAt?: number | null
  /** What the tool said it wants the token for, what a service said, or why a token lives on. */
  readonly reason?: string
  /** The service that it is about, where that is no single account. */
  readonly host?: string
  /** How it came in: `oauth`, `v1`, `tray`, `broker`. */
  readonly route?: string
  /** What became of the token of a lease that ended: `ended`, `pending`, `until_expiry`, `shared`. */
  readonly atService?: string
  /** The error code, where the event is a refusal. */
  readonly code?: string
}

export interface Audit {
  /**
   * Resolves when the line has been handed to the operating system (write(2) has returned), so
   * that a crash of this process cannot lose it. Rejects with `record_unavailable`.
   */
  record(event: AuditEvent): Promise<void>
}
