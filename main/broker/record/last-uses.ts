import type { RecordedUses } from '../../audit/reading/recorded-uses.ts'

/** A use is shown to the minute, so that one that is repeated within it is no news. */
const NEWS_MS = 60_000

/**
 * When each account and each tool last got a token or a link, epoch milliseconds: of this run, and of
 * earlier ones as far as `learn` was told.
 */
export class LastUses {
  readonly #changed: () => void
  readonly #accounts = new Map<string, number>()
  readonly #clients = new Map<string, number>()

  /** `changed` is called at most once a minute for an account or a tool that is in constant use. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  ofAccount(uid: string): number | undefined {
    return this.#accounts.get(uid)
  }

  /** By name, as it is in the record. A tool that was removed may have had the same name. */
  ofClient(name: string): number | undefined {
    return this.#clients.get(name)
  }

  /** A token or a link of the account was handed out to the client. */
  note(accountUid: string, client: string, at: number): void {
    const isNews = [
      isLater(this.#accounts.get(accountUid), at),
      isLater(this.#clients.get(client), at),
    ]
    this.#accounts.set(accountUid, at)
    this.#clients.set(client, at)
    if (isNews.includes(true)) this.#changed()
  }

  /** Adds what an earlier run has recorded; what this run knows already is newer. */
  learn({ accounts, clients }: RecordedUses): void {
    addMissing(this.#accounts, accounts)
    addMissing(this.#clients, clients)
    this.#changed()
  }
}

/** Also if the clock was set back. */
const isLater = (before: number | undefined, at: number): boolean =>
  before === undefined || Math.floor(before / NEWS_MS) !== Math.floor(at / NEWS_MS)

function addMissing(known: Map<string, number>, found: ReadonlyMap<string, number>): void {
  for (const [key, at] of found) if (!known.has(key)) known.set(key, at)
}
