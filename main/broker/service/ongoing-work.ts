import type { AccountId } from '../../base/ids.ts'
import type { HttpClient } from '../../providers/http/http.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'
import { concerns, hostOf } from './host-of.ts'

/** Work of a user or client that revokes tokens, and continues when the caller no longer waits for it. */
export type WorkKind = 'logout' | 'removal' | 'rotation' | 'revocation'

/** Such work, as it is shown to the user. */
export interface WorkInProgress {
  readonly kind: WorkKind
  /** The one account that it concerns; absent if it concerns several. */
  readonly account?: string
  /** The host that has not responded yet, or the keychain; absent if it waits for neither. */
  readonly waitsFor?: string
}

/** The members of an account that are used here. */
interface WorkAccount {
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
}

interface OngoingWorkPorts {
  /** The account as it is now; `undefined` once it is removed. */
  readonly findAccount: (uid: string) => WorkAccount | undefined
  /** True while a call to the keychain has not returned. */
  readonly keychainIsAsked: () => boolean
  /** Called when work begins or ends. */
  readonly changed: () => void
}

interface Begun {
  readonly kind: WorkKind
  readonly accountUids: ReadonlySet<string>
}

/** The work in progress that revokes tokens: what it is, and what it waits for. */
export class OngoingWork {
  readonly #ports: OngoingWorkPorts
  readonly #begun = new Set<Begun>()
  /** The requests without a response so far. */
  readonly #asked = new Set<{ readonly host: string; readonly provider: string }>()

  constructor(ports: OngoingWorkPorts) {
    this.#ports = ports
  }

  /** Runs the work for these accounts; settles as the work does. */
  async run<Value>(
    kind: WorkKind,
    accountUids: readonly string[],
    work: () => Promise<Value>,
  ): Promise<Value> {
    const begun = { kind, accountUids: new Set(accountUids) }
    this.#begun.add(begun)
    this.#ports.changed()
    try {
      return await work()
    } finally {
      this.#begun.delete(begun)
      this.#ports.changed()
    }
  }

  /** All work in progress, the oldest first. */
  list(): readonly WorkInProgress[] {
    return this.#outermost().map((begun) => this.#view(begun))
  }

  /** The work in progress on this account as a whole; `null` if there is none. */
  of(accountUid: string): WorkKind | null {
    const own = this.#outermost().find(
      ({ kind, accountUids }) => kind !== 'revocation' && accountUids.has(accountUid),
    )
    return own?.kind ?? null
  }

  /** An HTTP client for this provider that keeps track of its open requests. */
  guard(http: HttpClient, { id: provider }: Provider): HttpClient {
    return {
      send: async (request) => {
        const asked = { host: hostOf(request.url) ?? request.url, provider }
        this.#asked.add(asked)
        try {
          return await http.send(request)
        } finally {
          this.#asked.delete(asked)
        }
      },
    }
  }

  /** A removal logs out first; that is part of the removal and not listed by itself. */
  #outermost(): readonly Begun[] {
    const all = [...this.#begun]
    const isPart = ({ kind, accountUids: [uid = ''] }: Begun) =>
      kind === 'logout' && all.some((each) => each.kind === 'removal' && each.accountUids.has(uid))
    return all.filter((begun) => !isPart(begun))
  }

  #view({ kind, accountUids }: Begun): WorkInProgress {
    const { findAccount, keychainIsAsked } = this.#ports
    const accounts = [...accountUids].flatMap((uid) => findAccount(uid) ?? [])
    const host = [...this.#asked].find((asked) =>
      accounts.some(({ provider, values }) => concerns(asked, provider, values)),
    )?.host
    const waitsFor = host ?? (keychainIsAsked() ? 'the keychain' : undefined)
    const [first] = accounts
    return {
      kind,
      ...(first && accountUids.size === 1 && { account: first.id }),
      ...(waitsFor !== undefined && { waitsFor }),
    }
  }
}
