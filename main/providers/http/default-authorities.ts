import path from 'node:path'
import * as tls from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { readCaFile } from './ca-file.ts'

/** Node's own trusted certificates; `null` if this version of Node cannot list them. */
export type NodesAuthorities = (() => readonly string[]) | null

/** Since Node 22.15 and 23.10; the installed types are older. */
const { getCACertificates } = tls as {
  readonly getCACertificates?: (type: 'default') => readonly string[]
}

const askNode: NodesAuthorities = getCACertificates ? () => getCACertificates('default') : null

interface DefaultAuthoritiesOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log?: Pick<Log, 'warn'> | undefined
  /** Those of this Node by default. */
  readonly node?: NodesAuthorities | undefined
}

/**
 * The authorities that this process trusts for accounts without a CA file, NODE_EXTRA_CA_CERTS included.
 * Needed because `ca` of `tls.createSecureContext` replaces all of them.
 */
export class DefaultAuthorities {
  readonly #options: DefaultAuthoritiesOptions
  readonly #node: NodesAuthorities
  #extra: Promise<readonly string[]> | null = null

  constructor(options: DefaultAuthoritiesOptions) {
    this.#options = options
    this.#node = options.node === undefined ? askNode : options.node
  }

  /**
   * PEM certificates. Older versions of Node do not list the extra ones: their file is read once, as Node
   * does, and ignored with a warning if it is unusable. Rejects with `temporarily_unavailable` if its disk
   * does not respond within 5 s; the next call reads it again.
   */
  async all(): Promise<readonly string[]> {
    if (this.#node) return this.#node()
    this.#extra ??= this.#readExtra()
    const extra = this.#extra
    try {
      return [...tls.rootCertificates, ...(await extra)]
    } catch (error) {
      if (this.#extra === extra) this.#extra = null
      throw error
    }
  }

  async #readExtra(): Promise<readonly string[]> {
    const { env, clock, log } = this.#options
    const file = env['NODE_EXTRA_CA_CERTS']
    if (!file) return []
    try {
      return [await readCaFile(path.resolve(file), clock)]
    } catch (error) {
      if (!isTokentrayError(error)) throw error
      if (error.code === 'temporarily_unavailable') throw inTheEnvironment(error)
      log?.warn('NODE_EXTRA_CA_CERTS is ignored', { reason: error.message })
      return []
    }
  }
}

const inTheEnvironment = (error: TokentrayError) =>
  new TokentrayError(error.code, error.message, {
    cause: error,
    hint: 'NODE_EXTRA_CA_CERTS names it, but its disk is not responding. Reconnect the disk, or unset the variable.',
  })
