import { newerVersionError } from '../../base/version.ts'
import type { Keychain } from './keychain.ts'
import type { Call } from './lane.ts'
import type { Sentinel } from './sentinel.ts'
import { MAX_VALUE_BYTES } from './value.ts'

const PREFIX = 'index/'

/** True for the items that hold the index itself. */
export const isIndexKey = (key: string): boolean => key.startsWith(PREFIX)

/**
 * The keys that have been set, kept in items of the keychain itself. keytar can list items, but its
 * `findCredentials` crashes the process (it copies a NULL secret) when one of them is in a locked
 * collection. A key is added before its item is written and removed after the item is deleted.
 *
 * Nothing is cached: another Tokentray of this user, with another home, may share the keychain.
 */
export class KeyIndex {
  readonly #keychain: Keychain
  readonly #sentinel: Sentinel

  constructor(keychain: Keychain, sentinel: Sentinel) {
    this.#keychain = keychain
    this.#sentinel = sentinel
  }

  async list(call: Call): Promise<readonly string[]> {
    return (await this.#read(call)).flat()
  }

  async add(key: string, call: Call): Promise<void> {
    const parts = await this.#read(call)
    if (parts.some((part) => part.includes(key))) return
    const withRoom = parts.findIndex((part) => fits([...part, key]))
    const at = withRoom === -1 ? parts.length : withRoom
    await this.#write(at, [...(parts[at] ?? []), key], call)
  }

  async remove(key: string, call: Call): Promise<void> {
    const parts = await this.#read(call)
    for (const [at, part] of parts.entries()) {
      if (!part.includes(key)) continue
      const rest = part.filter((other) => other !== key)
      await this.#write(at, rest, call)
    }
  }

  async #read(call: Call): Promise<readonly (readonly string[])[]> {
    const parts: (readonly string[])[] = []
    for (;;) {
      const text = await this.#sentinel.read(`${PREFIX}${parts.length}`, call)
      if (text === null) return parts
      parts.push(parsePart(text))
    }
  }

  #write(at: number, keys: readonly string[], call: Call): Promise<void> {
    return call(() => this.#keychain.set(`${PREFIX}${at}`, JSON.stringify(keys)))
  }
}

const fits = (keys: readonly string[]) => Buffer.byteLength(JSON.stringify(keys)) <= MAX_VALUE_BYTES

function parsePart(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value.filter((key) => typeof key === 'string')
  } catch {
    // Another program changed it. The keys in it are dropped; their items can still be found by name.
    return []
  }
  // Valid JSON, but not a list: rewriting it would lose what a newer version stored.
  throw newerVersionError('The list of what Tokentray has in the keychain')
}
