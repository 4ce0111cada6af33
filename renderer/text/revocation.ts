import type { EndedView } from '../../preload/contract.ts'
import type { AccountView, FateView, LeaseView, SessionTokenView } from '../../preload/snapshot.ts'
import { called } from './accounts.ts'
import { countTokens } from './active.ts'
import { holder, tokenOf } from './names.ts'
import { duration, plural, when } from './times.ts'

/**
 * The result of revoking tokens, one sentence for each outcome, none of which claims more than the
 * service has done. `empty` is the text if there were no tokens.
 */
export function toRevocationLines(
  ended: readonly EndedView[],
  now: number,
  empty: readonly string[] = ['There were no active tokens.'],
): readonly string[] {
  if (ended.length === 0) return empty
  const spent = ended.flatMap(({ needsLogin, account }) => (needsLogin ? [account] : []))
  return [
    ...OUTCOMES.flatMap((outcome) => sentences(outcome, ended, now)),
    ...[...new Set(spent)].map((id) => `Tools get no new tokens for ${id} until you log in again.`),
  ]
}

/** What happens to a token that is not revoked, as the end of a sentence. */
export function toFate({ atService, why, retryAt, endsAt, expired }: FateView, now: number) {
  if (atService === 'until_expiry') {
    if (endsAt === undefined) return `valid and never expires: ${why}`
    if (endsAt <= now) return `expired ${when(endsAt, now)}; ${mayBeTaken('it')}`
    return `valid until it expires ${when(endsAt, now)}: ${why}`
  }
  const next = retryAt === undefined ? '' : ` ${nextTry(retryAt, endsAt, now)}`
  const what = expired ? 'expired, waiting to be deleted at the service' : 'waiting to be revoked'
  return `${what}: ${why}${next}`
}

/** For a token that has expired by this computer's clock: the service's clock may be behind. */
const mayBeTaken = (it: string): string => `the service may accept ${it} for a moment longer.`

/** The next try; a try after the token expires is not promised. */
function nextTry(retryAt: number, endsAt: number | undefined, now: number): string {
  if (endsAt !== undefined && endsAt > now && retryAt >= endsAt) {
    return `It expires ${when(endsAt, now)} at the latest, before the next try.`
  }
  return retryAt < now + 1000 ? 'Trying now.' : `Next try ${when(retryAt, now)}.`
}

/** How long a token that its service cannot revoke stays valid, whatever becomes of its lease. */
export const lastsAtService = (endsAt: number, now: number): string =>
  endsAt > now
    ? `Stays valid at the service for ${duration(endsAt - now)}`
    : `Expired ${when(endsAt, now)}`

/** When a session token expires, who may have it, and what revokes it. */
export function toSessionFate({ endsAt, mayBeOut, revocable }: SessionTokenView, now: number) {
  const end = endsAt === undefined ? 'Never expires.' : `Expires ${when(endsAt, now)}.`
  const who = mayBeOut ? 'A tool may have it.' : 'No tool has it.'
  if (!revocable) return `${end} ${who} The service cannot revoke it.`
  const all = mayBeOut ? 'revoke all active tokens, ' : ''
  return `${end} ${who} Revoked when you ${all}log out or quit.`
}

/** What revoking all these tokens means for the accounts, to be said in the question beforehand. */
export function toConsequences(
  accounts: readonly AccountView[],
  leases: readonly LeaseView[],
  sessions: readonly SessionTokenView[],
): readonly string[] {
  const out = new Set(sessions.filter(({ mayBeOut }) => mayBeOut).map(({ account }) => account))
  const holding = new Set([...leases.map(({ account }) => account), ...out])
  const of = accounts.filter(({ id }) => holding.has(id))
  const spent = of.filter(
    ({ id, needsCode, leaseKind }) => needsCode && (leaseKind === 'shared' || out.has(id)),
  )
  if (spent.length === 0) return ['You stay logged in: tools can ask for new tokens right away.']
  const names = spent.map(called).join(', ')
  const need = spent.length === 1 ? 'needs' : 'need'
  const first = `${names} ${need} a one-time code: tools get no new tokens until you log in again.`
  const others = of.length > spent.length
  return [
    first,
    ...(others
      ? ['The other accounts stay logged in: tools can ask for new tokens right away.']
      : []),
  ]
}

const OUTCOMES = ['ended', 'shared', 'until_expiry', 'pending'] as const
type Outcome = (typeof OUTCOMES)[number]

/** One sentence for each different reason. */
function sentences(outcome: Outcome, ended: readonly EndedView[], now: number): string[] {
  const of = ended.filter(({ atService }) => atService === outcome)
  const sessions = of.filter(({ client }) => client === undefined)
  const leases = of.filter(({ client }) => client !== undefined)
  const reasons = [...new Set(leases.map(({ why }) => why))]
  return [
    ...reasons.map((reason) => {
      const group = leases.filter(({ why }) => why === reason)
      return sentence(outcome, group, now, reason)
    }),
    ...sessions.map((each) => sentence(outcome, [each], now, each.why)),
  ]
}

function sentence(
  outcome: Outcome,
  leases: readonly EndedView[],
  now: number,
  reason: string | undefined,
): string {
  const what = tokensOf(leases)
  const subject = what.charAt(0).toUpperCase() + what.slice(1)
  const isOne = countTokens(leases) === 1
  const [is, it, expires] = isOne ? ['is', 'it', 'expires'] : ['are', 'they', 'expire']
  const ends = Math.max(...leases.map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY))
  const last = Number.isFinite(ends) ? ` ${when(ends, now)}` : ''
  const why = reason === undefined ? '.' : `: ${reason}`
  switch (outcome) {
    case 'ended':
      return `Revoked ${what}.`
    case 'shared':
      return `Released ${what}: others still use it${
        last && `, and it ${ends > now ? 'expires' : 'expired'}${last}`
      }.`
    case 'until_expiry':
      if (ends <= now) return `${subject} expired${last}; ${mayBeTaken(isOne ? 'it' : 'them')}`
      return last
        ? `${subject} ${is} valid until ${it} ${expires}${last}${why}`
        : `${subject} ${is} valid and never ${expires}${why}`
    case 'pending':
      return `${subject} ${is} waiting to be revoked${why}`
    default:
      return outcome satisfies never
  }
}

const holdersOf = (leases: readonly EndedView[]): string[] =>
  leases.flatMap(({ client }) => (client === undefined ? [] : [holder(client)]))

/** Up to this many names are listed; above it their number is shown. */
const MOST_NAMES = 3

/** Whose tokens for which accounts these are, for use within a sentence. */
function tokensOf(leases: readonly EndedView[]): string {
  const [first] = leases
  if (first && leases.length === 1) {
    if (first.client === undefined) return `the session token of ${first.account}`
    return tokenOf(first.client, first.account)
  }
  const holders = [...new Set(holdersOf(leases))]
  const accounts = [...new Set(leases.map(({ account }) => account))]
  const of = holders.length <= MOST_NAMES ? ` (${holders.join(', ')})` : ''
  const where = accounts.length <= MOST_NAMES ? accounts.join(', ') : `${accounts.length} accounts`
  return `${plural(countTokens(leases), 'token')} for ${where}${of}`
}
