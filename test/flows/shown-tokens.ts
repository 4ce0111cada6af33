import type { Row, ScreenContent } from './browser-window.ts'

/** A displayed duration, such as "12 min": at least `from`, less than `to` ms. */
export interface Duration {
  readonly from: number
  readonly to: number
}

/** What the window shows about one token. */
export interface ShownToken {
  /** `Session token`, or the tool that the token was made for. */
  readonly who: string
  readonly account: string
  readonly outcome: 'active' | 'waiting' | 'valid' | 'expired'
  /** The remaining lifetime; `null` if it never expires; absent if none is shown. */
  readonly left?: Duration | null
}

/** What the window calls a token that several tools share. */
export const SESSION = 'Session token'

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  days: 86_400_000,
}

/** Parses `12 min`, `in 12 min` and `12 min left`; fails on any other text. */
export function parseDuration(text: string): Duration {
  const [, count, unit = ''] = /^(?:in )?(\d+) (s|min|h|days)(?: left)?$/.exec(text) ?? []
  const length = UNITS[unit]
  if (count === undefined || length === undefined) throw new Error(`No time is said: ${text}`)
  return { from: Number(count) * length, to: (Number(count) + 1) * length }
}

/** The tokens on the screen of all tokens, each once; fails on a row that it cannot parse. */
export function parseShownTokens({ rows }: Pick<ScreenContent, 'rows'>): readonly ShownToken[] {
  const claims = rows.map(parseShownToken)
  // A session's token is listed once for each tool that shares it.
  return claims.filter((claim, index) => {
    const isShared = claim.who === SESSION && claim.outcome === 'active' && !('left' in claim)
    return !isShared || claims.findIndex((other) => sameSession(other, claim)) === index
  })
}

const sameSession = (one: ShownToken, other: ShownToken) =>
  one.who === SESSION && one.outcome === 'active' && one.account === other.account

/** Parses one row of that screen; fails if it cannot. */
export function parseShownToken({ heading, lines }: Row): ShownToken {
  const [who = '', account = '', ...said] = lines
  const text = said.join('\n')
  switch (heading) {
    case '':
    case 'Active tokens': {
      const isShared = said.includes('shared')
      if (!isShared && !said.includes('separate')) break
      const left = /^Stays valid at the service for (.+)$/m.exec(text)?.[1]
      const token = { who: isShared ? SESSION : who, account, outcome: 'active' } as const
      return { ...token, ...(left !== undefined && { left: parseDuration(left) }) }
    }
    case 'Session tokens': {
      const [, left] = /^Expires (.+?)\. /.exec(text) ?? []
      if (left === undefined && !text.startsWith('Never expires. ')) break
      return {
        who,
        account,
        outcome: 'active',
        left: left === undefined ? null : parseDuration(left),
      }
    }
    case 'Not revoked': {
      if (/^Waiting to be revoked: \S/.test(text)) return { who, account, outcome: 'waiting' }
      if (/^Expired, waiting to be deleted at the service: \S/.test(text)) {
        return { who, account, outcome: 'expired' }
      }
      const [, left] = /^Valid until it expires (.+?): \S/.exec(text) ?? []
      if (left === undefined && !/^Valid and never expires: \S/.test(text)) break
      return {
        who,
        account,
        outcome: 'valid',
        left: left === undefined ? null : parseDuration(left),
      }
    }
  }
  throw new Error(`What is this under "${heading}"? ${lines.join(' | ')}`)
}
