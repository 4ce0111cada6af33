import { isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { HttpClient, HttpRequest } from '../providers/http.ts'
import type { Vault } from '../vault/vault.ts'
import { concernsVault } from '../vault/watched-vault.ts'

/** How far a piece of work over many accounts or tokens has come. */
export interface Progress {
  readonly done: number
  readonly total: number
}

export type BulkKind = 'reset' | 'revoke'

/** Told of one more piece that is done, whatever came of it. */
export type Step = () => void

/**
 * Work over many accounts or tokens that somebody waits for. What takes its time to fail takes it once:
 * a host that could not be reached in such work is not asked again before it is over, by whomever, and
 * in a reset neither is a keychain that could not be used, which may open a prompt for each call.
 * Answers of a host, refusals as well, count as reached.
 */
export class Bulk {
  readonly #changed: () => void
  readonly #progress = new Map<BulkKind, Progress>()
  /** By the way to a host: a certificate that one account lacks says nothing of the others. */
  readonly #unreachable = new Map<string, TokentrayError>()
  #keychain: TokentrayError | null = null
  #underWay = 0

  /** `changed` is told of every step. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** How far such work has come; `null` while there is none. */
  progress(kind: BulkKind): Progress | null {
    return this.#progress.get(kind) ?? null
  }

  /** Work of so many pieces, which calls `step` after each; settles as it does. */
  async run<Value>(
    kind: BulkKind,
    total: number,
    work: (step: Step) => Promise<Value>,
  ): Promise<Value> {
    let done = 0
    const tell = () => {
      this.#progress.set(kind, { done, total })
      this.#changed()
    }
    tell()
    try {
      return await this.sparing(() =>
        work(() => {
          done += 1
          tell()
        }),
      )
    } finally {
      this.#progress.delete(kind)
      this.#changed()
    }
  }

  /** The same for work whose progress nobody is shown. */
  async sparing<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#underWay += 1
    try {
      return await work()
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) {
        this.#unreachable.clear()
        this.#keychain = null
      }
    }
  }

  /** The client with which services are called. */
  guardHttp(http: HttpClient): HttpClient {
    return {
      send: async (request) => {
        const way = toWay(request)
        const known = this.#unreachable.get(way)
        if (known) throw known
        try {
          const answer = await http.send(request)
          this.#unreachable.delete(way)
          return answer
        } catch (error) {
          if (this.#underWay > 0 && isUnreached(error)) this.#unreachable.set(way, error)
          throw error
        }
      },
    }
  }

  /** The vault that everybody uses. */
  guardVault(vault: Vault): Vault {
    const spare = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      if (this.#keychain) throw this.#keychain
      try {
        return await call()
      } catch (error) {
        if (this.#progress.has('reset') && concernsVault(error)) this.#keychain = error
        throw error
      }
    }
    return {
      kind: vault.kind,
      get: (key) => spare(() => vault.get(key)),
      set: (key, secret) => spare(() => vault.set(key, secret)),
      delete: (key) => spare(() => vault.delete(key)),
      keys: () => spare(() => vault.keys()),
      look: () => vault.look(),
    }
  }
}

function toWay({ url, transport }: HttpRequest): string {
  const origin = URL.canParse(url) ? new URL(url).origin : url
  return `${origin} ${transport?.caFile ?? ''}`
}

/** True where no answer came; what was not sent at all says nothing of the host. */
function isUnreached(error: unknown): error is TokentrayError {
  return isTokentrayError(error) && error.code === 'temporarily_unavailable' && !error.isUnsent
}
