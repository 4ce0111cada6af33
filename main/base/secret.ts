import { timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

const PRINTED = '[secret]'

/**
 * A string that must not be shown: it prints, serialises and inspects as `[secret]`, and returns its value
 * only from `reveal()`, which is called only where the value goes onto the wire.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Every call deserves a look in review. */
  reveal(): string {
    return this.#value
  }

  /** True for the same value, compared in constant time. */
  equals(other: Secret): boolean {
    const mine = Buffer.from(this.#value)
    const theirs = Buffer.from(other.#value)
    return mine.length === theirs.length && timingSafeEqual(mine, theirs)
  }

  toString(): string {
    return PRINTED
  }

  toJSON(): string {
    return PRINTED
  }

  [Symbol.toPrimitive](): string {
    return PRINTED
  }

  [inspect.custom](): string {
    return PRINTED
  }
}

/** Secrets by name, as in a login form or a stored credential. */
export type Secrets = Readonly<Record<string, Secret>>
