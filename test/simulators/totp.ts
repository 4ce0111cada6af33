import { createHmac } from 'node:crypto'

const STEP_MS = 30_000
const SPENT_FOR_MS = 120_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The six digits of RFC 6238 (SHA-1, 30 s) for a base32 secret at a given time. */
export function totpCode(secret: string, at: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)))
  const digest = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0xf
  const number = digest.readUInt32BE(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** Accepts a code of this step or an adjacent one, each once. */
export class TotpCheck {
  readonly #spent = new Map<string, number>()

  accepts(secret: string, code: string, at: number): boolean {
    for (const [key, until] of this.#spent) if (until <= at) this.#spent.delete(key)
    const steps = [at - STEP_MS, at, at + STEP_MS]
    const key = `${secret}:${code}`
    if (!steps.some((step) => totpCode(secret, step) === code) || this.#spent.has(key)) return false
    this.#spent.set(key, at + SPENT_FOR_MS)
    return true
  }
}

function decodeBase32(text: string): Buffer {
  let bits = ''
  for (const letter of text) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
