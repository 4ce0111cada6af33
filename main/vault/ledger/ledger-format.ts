import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { Secret } from '../../base/secret.ts'
import { ownVersion } from '../../base/version.ts'
import type { LedgerLine, LedgerPayload } from './ledger-store.ts'

const FORMAT = 'tokentray-ledger'
const VERSION = 1
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The key that encrypts the lines of one ledger. */
export interface LedgerKey {
  /** Public: it is in the header and names the key's item in the vault. */
  readonly id: string
  readonly key: KeyObject
}

/** A new key, and its text for the vault. */
export function createLedgerKey(): { readonly ledgerKey: LedgerKey; readonly stored: Secret } {
  const bytes = randomBytes(KEY_BYTES)
  const id = randomBytes(12).toString('hex')
  return {
    ledgerKey: { id, key: createSecretKey(bytes) },
    stored: new Secret(bytes.toString('base64')),
  }
}

/** Parses the text stored in the vault; `null` if it is not a key. */
export function parseLedgerKey(id: string, stored: Secret): LedgerKey | null {
  const bytes = Buffer.from(stored.reveal(), 'base64')
  return bytes.length === KEY_BYTES ? { id, key: createSecretKey(bytes) } : null
}

/** The first line of a ledger file. */
export function toHeader(keyId: string): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, writtenBy: ownVersion, key: keyId })
}

/** What the first line of a file says about the rest. */
export type Header =
  | { readonly kind: 'ledger'; readonly keyId: string }
  /** A ledger that only a later version of Tokentray can read. */
  | { readonly kind: 'newer'; readonly writtenBy?: string }
  | { readonly kind: 'none' }

/** Parses a first line. It holds nothing secret, so no key is needed. */
export function parseHeader(line: string): Header {
  const value = parseObject(line)
  if (value?.['format'] !== FORMAT) return { kind: 'none' }
  const { version, writtenBy, key: keyId } = value
  if (typeof version === 'number' && version > VERSION) {
    return { kind: 'newer', ...(typeof writtenBy === 'string' && { writtenBy }) }
  }
  return version === VERSION && typeof keyId === 'string' && /^[0-9a-f]{24}$/.test(keyId)
    ? { kind: 'ledger', keyId }
    : { kind: 'none' }
}

/** The key id in a ledger header of any version; `null` for any other line. */
export function keyIdIn(line: string): string | null {
  const value = parseObject(line)
  const key = value?.['format'] === FORMAT ? value['key'] : null
  return typeof key === 'string' && /^[0-9a-f]{24}$/.test(key) ? key : null
}

/** One line of the file: its number and the encrypted text. */
export function sealLine(text: string, number: number, { id, key }: LedgerKey): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(bindingOf(id, number))
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
  return `${number}.${sealed.toString('base64')}`
}

/** The number and text of a line that was encrypted under this key; `null` for anything else. */
function unsealLine(
  line: string,
  { id, key }: LedgerKey,
): { readonly number: number; readonly text: string } | null {
  const [, digits, base64] = /^([1-9]\d{0,14})\.([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
  if (digits === undefined || base64 === undefined) return null
  const sealed = Buffer.from(base64, 'base64')
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(bindingOf(id, Number(digits)))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
    return { number: Number(digits), text: Buffer.concat([text, decipher.final()]).toString() }
  } catch {
    // Altered, or encrypted under another key or for another position.
    return null
  }
}

/** Security: a line is only valid under its own key and number, so it can be neither moved nor replayed. */
const bindingOf = (keyId: string, number: number) => Buffer.from(`${keyId}:${number}`)

/** The content of a ledger's lines. */
export interface LedgerReading {
  /** Added and not ended, oldest first. */
  readonly live: readonly LedgerPayload[]
  /** The number of the next line. */
  readonly nextNumber: number
  /** Lines that are unreadable, out of order or missing. */
  readonly damaged: number
  /** Intact lines that only another version of Tokentray understands. */
  readonly foreign: number
}

/** Reads the lines below the header. An unfinished last line is ignored. */
export function readLines(text: string, key: LedgerKey): LedgerReading {
  const live = new Map<string, LedgerPayload>()
  let nextNumber = 1
  let damaged = 0
  let foreign = 0
  /** Unreadable lines since the last readable one: their numbers are not missing. */
  let unread = 0
  for (const raw of text.split('\n').slice(1, -1)) {
    const unsealed = unsealLine(raw, key)
    if (!unsealed || unsealed.number < nextNumber) {
      damaged += 1
      unread += 1
      continue
    }
    if (unsealed.number > nextNumber + unread) damaged += 1
    nextNumber = unsealed.number + 1
    unread = 0
    const line = parseLine(unsealed.text)
    if (!line) {
      foreign += 1
      continue
    }
    // Deleted first, so that an entry that is added again becomes the newest.
    live.delete(line.op === 'add' ? line.entry.id : line.id)
    if (line.op === 'add') live.set(line.entry.id, line.entry)
  }
  return { live: [...live.values()], nextNumber, damaged, foreign }
}

function parseLine(text: string): LedgerLine | null {
  const value = parseObject(text)
  if (value?.['op'] === 'end' && typeof value['id'] === 'string') {
    return { op: 'end', id: value['id'] }
  }
  const entry = value?.['op'] === 'add' ? value['entry'] : null
  return isPayload(entry) ? { op: 'add', entry } : null
}

function isPayload(value: unknown): value is LedgerPayload {
  return (
    typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
  )
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // Not JSON, so not written by Tokentray.
    return null
  }
}
