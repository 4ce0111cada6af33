/** What the broker keeps about one token, as plain JSON; includes the token in clear. */
export type LedgerPayload = Readonly<Record<string, unknown>> & { readonly id: string }

/** A change to one entry. Adding an existing id replaces its entry. */
export type LedgerLine =
  | { readonly op: 'add'; readonly entry: LedgerPayload }
  | { readonly op: 'end'; readonly id: string }

export interface LoadedLedger {
  /** Added and not ended, oldest first. */
  readonly entries: readonly LedgerPayload[]
  /** What the user must be told, for example that part of the ledger could not be read. */
  readonly notices: readonly string[]
}

/** The durable list of tokens issued through Tokentray that a service may still accept. */
export interface LedgerStore {
  /**
   * Must be called first, and may be retried. Rejects with `vault_locked` or `vault_unavailable` (nothing
   * was changed) or `record_unavailable`.
   */
  load(): Promise<LoadedLedger>
  /**
   * Resolves when all these lines are on disk. If it rejects with `record_unavailable`, they count as not
   * written and may be appended again.
   */
  append(lines: readonly LedgerLine[]): Promise<void>
  /**
   * Rewrites the ledger without its ended entries. Lines appended before or meanwhile are kept; if it
   * rejects with `record_unavailable`, the ledger is unchanged. Useful when `lines` is many times the
   * number of entries.
   */
  compact(): Promise<void>
  /** The vault keys needed to read the ledger and the ledgers set aside. */
  keys(): readonly string[]
  /** Number of lines in the ledger, ended entries included. */
  readonly lines: number
  /** False if its content is lost with this run, so that the next run starts empty. */
  readonly isPersistent: boolean
  close(): Promise<void>
}
