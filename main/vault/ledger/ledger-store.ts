/** What the broker keeps about one token, as plain JSON; the token stands in it in clear. */
export type LedgerPayload = Readonly<Record<string, unknown>> & { readonly id: string }

/** One step in the life of an entry. Adding an id again replaces its entry. */
export type LedgerLine =
  | { readonly op: 'add'; readonly entry: LedgerPayload }
  | { readonly op: 'end'; readonly id: string }

export interface LoadedLedger {
  /** Added and not ended, oldest first. */
  readonly entries: readonly LedgerPayload[]
  /** What the person must be told, for example that a part of the ledger could not be read. */
  readonly notices: readonly string[]
}

/** The durable list of tokens that a service still honours because of us. */
export interface LedgerStore {
  /**
   * Must come before all else, and may be tried again. Rejects with `vault_locked` or
   * `vault_unavailable` (nothing was touched) or `record_unavailable`.
   */
  load(): Promise<LoadedLedger>
  /**
   * Resolves when all these lines are on disk. If it rejects with `record_unavailable` they count as
   * not written, and may be appended again.
   */
  append(lines: readonly LedgerLine[]): Promise<void>
  /**
   * Leaves out what has ended. What was appended before, or is appended meanwhile, is kept; if it
   * rejects with `record_unavailable`, the ledger is as it was. Worth it when `lines` is many times
   * the number of entries.
   */
  compact(): Promise<void>
  /** The vault's keys that are needed to read the ledger, and what was set aside of it. */
  keys(): readonly string[]
  /** How many lines the ledger has, ended entries included. */
  readonly lines: number
  /** False: what it holds is gone with this run, so that the next one goes on with nothing. */
  readonly isPersistent: boolean
  close(): Promise<void>
}
