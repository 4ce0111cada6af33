import { randomBytes } from 'node:crypto'
import type { SimulatedAnswer } from './simulator.ts'
import { nothing, parseObject } from './svix-answers.ts'

/** The route where a link's page exchanges the key in it for a session. */
export const EXCHANGE = '/api/v1/auth/one-time-token'

interface Link {
  readonly token: string
  visited: boolean
}

/** Magic links: the key that logs a browser in is in the fragment, which no server sees. */
export class SvixLinks {
  readonly #links = new Map<string, Link>()
  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  /** A link on that origin with the given length, and the secrets in it. */
  make(origin: string, token: string): { readonly url: string; readonly secrets: string[] } {
    const code = randomBytes(24).toString('hex')
    this.#links.set(code, { token, visited: false })
    const start = `${origin}/login#key=`
    const key = (padding: number) =>
      Buffer.from(JSON.stringify({ oneTimeToken: code, theme: 'x'.repeat(padding) })).toString(
        'base64url',
      )
    const missing = this.#length - start.length - key(0).length
    // Three characters become four in the key, so the link may be a little shorter than requested.
    const url = `${start}${key(Math.max(0, Math.floor((missing * 3) / 4) - 1))}`
    return { url, secrets: [code, url.slice(start.length)] }
  }

  /** The session for a page's key: once, and only while its token is valid. */
  exchange(body: string, lives: (token: string) => boolean): SimulatedAnswer {
    const link = this.#links.get(String(parseObject(body)?.['oneTimeToken']))
    if (!link || !lives(link.token)) return nothing(401)
    if (link.visited) return nothing(410)
    link.visited = true
    return { status: 200, body: { page: 'App Portal' } }
  }
}

/** The status for a browser that opens a magic link, without sending the fragment. */
export async function visitPortal(link: string): Promise<number> {
  const { origin, hash } = new URL(link)
  const key = new URLSearchParams(hash.slice(1)).get('key') ?? ''
  const { oneTimeToken } = { ...parseObject(Buffer.from(key, 'base64url').toString('utf8')) }
  const body = JSON.stringify({ oneTimeToken })
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${origin}${EXCHANGE}`, { method: 'POST', body, headers })).status
}
