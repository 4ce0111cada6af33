import { timeOfDay } from '../../base/text/time-of-day.ts'

/** The tokens that are still valid at the end of a run. */
export interface RemainingTokens {
  /** Tokens that the next run revokes. */
  readonly pending: number
  /** When the last of these expires, epoch milliseconds; `null` if one never does. */
  readonly pendingEndsAt?: number | null
  /** Tokens that are not revoked, so that they are valid until they expire. */
  readonly untilExpiry: number
  /** The same of these. */
  readonly untilExpiryEndsAt?: number | null
}

/** What the user sees on quit about tokens that are still valid. */
export interface RemainingNotice {
  readonly title: string
  /** Until when they are valid, and what happens next; sentences. */
  readonly body: string
}

/** One notice for the tokens that are retried, one for the others; `left` is `null` if it is unknown. */
export function describeRemaining(
  left: RemainingTokens | null,
  now: number,
): readonly RemainingNotice[] {
  if (left === null) return [NOT_KNOWN]
  const { pending, untilExpiry, pendingEndsAt, untilExpiryEndsAt } = left
  const waits = {
    title: `${tokens(pending)} could not be revoked yet`,
    body: `${validity(pending, pendingEndsAt, now)} The next start tries again.`,
  }
  const lives = {
    title: `${tokens(untilExpiry)} cannot be revoked`,
    body: validity(untilExpiry, untilExpiryEndsAt, now),
  }
  return [...(pending > 0 ? [waits] : []), ...(untilExpiry > 0 ? [lives] : [])]
}

const NOT_KNOWN: RemainingNotice = {
  title: 'Some tokens could not be revoked',
  body: 'They may be valid until they expire. The next start revokes those on its list.',
}

const tokens = (count: number) => (count === 1 ? '1 token' : `${count} tokens`)

function validity(count: number, endsAt: number | null | undefined, now: number): string {
  if (typeof endsAt !== 'number') {
    return count === 1 ? 'It never expires.' : 'Not all of them expire.'
  }
  const until = `valid until ${timeOfDay(endsAt, now)} at the latest.`
  return count === 1 ? `It is ${until}` : `They are ${until}`
}
