import type { AccountId } from '../../base/ids.ts'
import type { HttpClient } from '../../providers/http/http.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'
import { concerns, hostOf } from './host-of.ts'

/** What somebody has asked for that ends tokens, and that goes on whether or not they wait for it. */
export type Deed = 'logout' | 'removal' | 'rotation' | 'revocation'

/** Such work, as a person is shown it. */
export interface DeedUnderWay {
  readonly deed: Deed
  /** The one account that it concerns; absent where there are several. */
  readonly account?: string
  /** The host that has not answered yet, or the keychain; absent where it waits for neither. */
  readonly waitsFor?: string
}

/** What is needed of an account. */
interface DeedAccount {
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
}

interface DeedsPorts {
  /** The account as it is now; `undefined` once it is removed. */
  readonly findAccount: (uid: string) => DeedAccount | undefined
  /** True while the keychain has been asked something and has not answered. */
  readonly keychainIsAsked: () => boolean
  /** Told when something begins or is over. */
  readonly changed: () => void
}

interface Begun {
  readonly deed: Deed
  readonly accountUids: ReadonlySet<string>
}

/** The work that ends tokens, while it is under way: what it is, and what it waits for. */
export class Deeds {
  readonly #ports: DeedsPorts
  readonly #begun = new Set<Begun>()
  /** The requests that have had no answer so far. */
  readonly #asked = new Set<{ readonly host: string; readonly provider: string }>()

  constructor(ports: DeedsPorts) {
    this.#ports = ports
  }

  /** Does it, for these accounts; settles as the work does. */
  async run<Value>(
    deed: Deed,
    accountUids: readonly string[],
    work: () => Promise<Value>,
  ): Promise<Value> {
    const begun = { deed, accountUids: new Set(accountUids) }
    this.#begun.add(begun)
    this.#ports.changed()
    try {
      return await work()
    } finally {
      this.#begun.delete(begun)
      this.#ports.changed()
    }
  }

  /** All that is under way, the oldest first. */
  list(): readonly DeedUnderWay[] {
    return this.#outermost().map((begun) => this.#view(begun))
  }

  /** What is being done to this account as a whole; `null` if nothing is. */
  of(accountUid: string): Deed | null {
    const own = this.#outermost().find(
      ({ deed, accountUids }) => deed !== 'revocation' && accountUids.has(accountUid),
    )
    return own?.deed ?? null
  }

  /** The client with which this kind of service is called. */
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

  /** A removal logs out first, which is no deed of its own. */
  #outermost(): readonly Begun[] {
    const all = [...this.#begun]
    const isPart = ({ deed, accountUids: [uid = ''] }: Begun) =>
      deed === 'logout' && all.some((each) => each.deed === 'removal' && each.accountUids.has(uid))
    return all.filter((begun) => !isPart(begun))
  }

  #view({ deed, accountUids }: Begun): DeedUnderWay {
    const { findAccount, keychainIsAsked } = this.#ports
    const accounts = [...accountUids].flatMap((uid) => findAccount(uid) ?? [])
    const host = [...this.#asked].find((asked) =>
      accounts.some(({ provider, values }) => concerns(asked, provider, values)),
    )?.host
    const waitsFor = host ?? (keychainIsAsked() ? 'the keychain' : undefined)
    const [first] = accounts
    return {
      deed,
      ...(first && accountUids.size === 1 && { account: first.id }),
      ...(waitsFor !== undefined && { waitsFor }),
    }
  }
}
