import { AsyncLocalStorage } from 'node:async_hooks'
import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import type { HttpClient, HttpRequest } from '../../providers/http/http.ts'
import type { Vault } from '../../vault/vault.ts'
import { concernsVault } from '../../vault/watched-vault.ts'

/** The progress of a task over many accounts or tokens. */
export interface Progress {
  readonly done: number
  readonly total: number
}

export type BulkKind = 'reset' | 'revoke'

/** Called after each item, whatever its result. */
export type Step = () => void

/** The failures that one task has met. */
interface Found {
  /** By the way to a host: a certificate that one account lacks says nothing of the others. */
  readonly unreachable: Map<string, TokentrayError>
  readonly asksKeychainOnce: boolean
  keychain: TokentrayError | null
  isOver: boolean
}

/**
 * Tasks over many accounts or tokens. A slow failure happens once: a host that could not be reached is not
 * called again by the same task, and in a reset neither is a keychain that could not be used, which may
 * prompt for each call. Any response of a host counts as reached. Other calls meanwhile are not affected.
 */
export class Bulk {
  readonly #changed: () => void
  readonly #progress = new Map<BulkKind, Progress>()
  readonly #work = new AsyncLocalStorage<Found>()

  /** `changed` is called after every step. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** The progress of the task; `null` if there is none. */
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
      const step = () => {
        done += 1
        tell()
      }
      return await this.#within(kind === 'reset', () => work(step))
    } finally {
      this.#progress.delete(kind)
      this.#changed()
    }
  }

  /** The same for work without visible progress; inside other bulk work, it is a part of that. */
  sharingFailures<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#found() ? work() : this.#within(false, work)
  }

  async #within<Value>(asksKeychainOnce: boolean, work: () => Promise<Value>): Promise<Value> {
    const found: Found = { unreachable: new Map(), asksKeychainOnce, keychain: null, isOver: false }
    try {
      return await this.#work.run(found, work)
    } finally {
      // What the work has only set going, as a timer for the next try, still runs within it.
      found.isOver = true
    }
  }

  #found(): Found | undefined {
    const found = this.#work.getStore()
    return found?.isOver ? undefined : found
  }

  /** Wraps the client that services are called with. */
  guardHttp(http: HttpClient): HttpClient {
    return {
      send: async (request) => {
        const unreachable = this.#found()?.unreachable
        const way = toRoute(request)
        const known = unreachable?.get(way)
        if (known) throw known
        try {
          return await http.send(request)
        } catch (error) {
          if (isUnreached(error)) unreachable?.set(way, error)
          throw error
        }
      },
    }
  }

  /** Wraps the vault. */
  guardVault(vault: Vault): Vault {
    const spare = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      const found = this.#found()
      if (found?.keychain) throw found.keychain
      try {
        return await call()
      } catch (error) {
        if (found?.asksKeychainOnce && concernsVault(error)) found.keychain = error
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

function toRoute({ url, transport }: HttpRequest): string {
  const origin = parseUrl(url)?.origin ?? url
  return `${origin} ${transport?.caFile ?? ''}`
}

/** True if no response came; a request that was withdrawn says nothing about the host. */
function isUnreached(error: unknown): error is TokentrayError {
  if (!isTokentrayError(error) || error.unsent === 'withdrawn') return false
  return error.code === 'temporarily_unavailable'
}
