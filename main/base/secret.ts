import { timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

const PRINTED = '[secret]'

/**
 * A string that must not be seen: it prints, serialises and inspects as `[secret]`, and gives its
 * value only to `reveal()`, which is called where the value goes onto a wire.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Every call is a place to look at in review. */
  reveal(): string {
    return this.#value
  }

  /** True for the same value, compared in time that does not depend on where they differ. */
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

/** Named secrets, as a login form or a stored credential holds them. */
export type Secrets = Readonly<Record<string, Secret>>
