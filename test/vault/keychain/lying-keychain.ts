import type { TokentrayError } from '../../../main/base/errors.ts'
import type { Keychain } from '../../../main/vault/keychain/keychain.ts'
import { MAX_VALUE_BYTES } from '../../../main/vault/keychain/value.ts'

/** A keychain in memory that misreports and hangs as real ones do, with the size limit of Windows. */
export class LyingKeychain implements Keychain {
  readonly items = new Map<string, string>()
  #locked: TokentrayError | null = null
  #release: (() => void) | null = null
  #hung: Promise<void> = Promise.resolve()

  /** From here on it reads as empty, and writing throws this error. */
  lock(error: TokentrayError): void {
    this.#locked = error
  }

  unlock(): void {
    this.#locked = null
  }

  hang(): void {
    this.#hung = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  recover(): void {
    this.#release?.()
  }

  async get(key: string): Promise<string | null> {
    await this.#hung
    return this.#locked ? null : (this.items.get(key) ?? null)
  }

  async set(key: string, value: string): Promise<void> {
    await this.#hung
    if (this.#locked) throw this.#locked
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) throw new Error('That is too long.')
    this.items.set(key, value)
  }

  async delete(key: string): Promise<boolean> {
    await this.#hung
    return !this.#locked && this.items.delete(key)
  }
}

/** A keychain that counts the calls that reach it, and can fail at one of them. */
export class WatchedKeychain implements Keychain {
  readonly #inner: Keychain
  readonly calls: string[] = []
  #failAt = Number.POSITIVE_INFINITY
  #failure: Error = new Error('not set')

  constructor(inner: Keychain) {
    this.#inner = inner
  }

  /** The `count`th call from now on throws; 1 is the next. */
  failAt(count: number, failure: Error): void {
    this.#failAt = this.calls.length + count
    this.#failure = failure
  }

  get(key: string): Promise<string | null> {
    return this.#pass(`get ${key}`, () => this.#inner.get(key))
  }

  set(key: string, value: string): Promise<void> {
    return this.#pass(`set ${key}`, () => this.#inner.set(key, value))
  }

  delete(key: string): Promise<boolean> {
    return this.#pass(`delete ${key}`, () => this.#inner.delete(key))
  }

  async #pass<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.calls.push(name)
    if (this.calls.length === this.#failAt) throw this.#failure
    return call()
  }
}
