import path from 'node:path'
import * as tls from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { readCaFile } from './ca-file.ts'

/** The certificates that Node says it trusts by itself; `null` for one that is too old to say. */
export type NodesAuthorities = (() => readonly string[]) | null

/** Since 22.15 and 23.10; the types are those of an older one. */
const { getCACertificates } = tls as {
  readonly getCACertificates?: (type: 'default') => readonly string[]
}

const askNode: NodesAuthorities = getCACertificates ? () => getCACertificates('default') : null

interface DefaultAuthoritiesOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log?: Pick<Log, 'warn'> | undefined
  /** Left out: those of this Node. */
  readonly node?: NodesAuthorities | undefined
}

/**
 * Whom this process trusts where an account names nobody. Node leaves that out as soon as anybody is named
 * (`ca` of `tls.createSecureContext`), with what the machine's owner has added by NODE_EXTRA_CA_CERTS.
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
   * PEM certificates. An older Node does not tell the extra ones: their file is read once, as Node does, and
   * left out with a warning where it is of no use. Rejects with `temporarily_unavailable` where its disk does
   * not answer within 5 s; then the next call reads it.
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
      log?.warn('NODE_EXTRA_CA_CERTS is left out', { reason: error.message })
      return []
    }
  }
}

const inTheEnvironment = (error: TokentrayError) =>
  new TokentrayError(error.code, error.message, {
    cause: error,
    hint: 'NODE_EXTRA_CA_CERTS names it, and its disk does not answer. Bring the disk back, or unset that.',
  })
