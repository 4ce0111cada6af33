import { expect } from 'vitest'
import type { SftpgoCaller } from './sftpgo-caller.ts'

/** A request, and what SFTPGo answers. */
export interface Exchange {
  readonly says: string
  ask(caller: SftpgoCaller): Promise<Response>
  readonly status: number
  /** Those that matter; `null` for one that is not there. JSON is the type unless it is another. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** JSON, to the last member; a text where the type is another. Not looked at where it is left out. */
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

/** Fails unless the answer is exactly that. */
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

/** Go's order of methods is any. */
function readHeader({ headers }: Response, name: string): string | null {
  const value = headers.get(name)
  return name === 'allow' && value !== null ? value.split(', ').sort().join(', ') : value
}

/** In the server's own words, whatever they are. */
export const SOME_WORDS: unknown = expect.stringMatching(/./)

/** Refused, with the words in `error`. */
export const because = (error: unknown) => ({ error, message: '' })
