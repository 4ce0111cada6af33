import { expect } from 'vitest'
import type { SftpgoCaller } from './sftpgo-caller.ts'

/** A request and SFTPGo's response. */
export interface Exchange {
  readonly says: string
  ask(caller: SftpgoCaller): Promise<Response>
  readonly status: number
  /** The relevant headers; `null` for an absent one. The content type is JSON unless given. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** The complete JSON, or the text if the content type is another. Ignored if it is absent. */
  readonly body?: unknown
}

const JSON_TYPE = 'application/json'
const USUAL = {
  'content-type': JSON_TYPE,
  'www-authenticate': null,
  allow: null,
  'retry-after': null,
  location: null,
}

/** Fails unless the response has this status, these headers and this body. */
export async function expectAnswer(
  answer: Response,
  { status, headers, body = expect.anything() }: Omit<Exchange, 'ask' | 'says'>,
): Promise<void> {
  const text = await answer.text()
  const isJson = answer.headers.get('content-type') === JSON_TYPE && text !== ''
  const got = Object.keys(USUAL).map((name) => [name, readHeader(answer, name)])
  expect({
    status: answer.status,
    headers: Object.fromEntries(got),
    body: isJson ? JSON.parse(text) : text,
  }).toEqual({ status, headers: { ...USUAL, ...headers }, body })
}

/** Sorts methods, because Go returns them in any order. */
function readHeader({ headers }: Response, name: string): string | null {
  const value = headers.get(name)
  return name === 'allow' && value !== null ? value.split(', ').sort().join(', ') : value
}

/** Any text of the server's. */
export const SOME_WORDS: unknown = expect.stringMatching(/./)

/** The body of a refusal, with its reason in `error`. */
export const because = (error: unknown) => ({ error, message: '' })
