import type { EndedView } from '../../preload/contract.ts'
import type { AccountView, FateView, LeaseView, SessionTokenView } from '../../preload/snapshot.ts'
import { countTokens } from './active.ts'
import { holder, tokenOf } from './names.ts'
import { plural, when } from './times.ts'

/**
 * What ending leases came to, a sentence for each outcome that does not claim more than the service
 * has done. `empty` is said where there was none.
 */
export function toEndings(
  ended: readonly EndedView[],
  now: number,
  empty: readonly string[] = ['No lease was open.'],
): readonly string[] {
  if (ended.length === 0) return empty
  const spent = ended.flatMap(({ needsLogin, account }) => (needsLogin ? [account] : []))
  return [
    ...OUTCOMES.flatMap((outcome) => sentences(outcome, ended, now)),
    ...[...new Set(spent)].map((id) => `${id} gives no new tokens before you log in again.`),
  ]
}

/** What becomes of a token that is not revoked, as the end of a sentence. */
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

/** Said of what has expired by the clock of this computer, which that of the service may be behind. */
const mayBeTaken = (it: string): string => `the service may accept ${it} for a moment longer.`

/** When it is tried again; no try is promised for after the end of the token. */
function nextTry(retryAt: number, endsAt: number | undefined, now: number): string {
  if (endsAt !== undefined && endsAt > now && retryAt >= endsAt) {
    return `Valid until it expires ${when(endsAt, now)} at the latest: no try comes before that.`
  }
  return retryAt < now + 1000 ? 'Trying now.' : `Next try ${when(retryAt, now)}.`
}

/** Until when a session's own token is valid, who may have it, and how it ends. */
export function toSessionFate({ endsAt, mayBeOut, revocable }: SessionTokenView, now: number) {
  const end = endsAt === undefined ? 'Never expires' : `Expires ${when(endsAt, now)}`
  const who = mayBeOut ? 'a tool may have it' : 'no tool has it'
  if (!revocable) return `${end}; ${who}; nothing can revoke it.`
  return `${end}; ${who}; revoked ${mayBeOut ? 'when all leases are ended, ' : ''}at log-out or on quit.`
}

/** What follows when all these leases end, for the question beforehand. */
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
  if (spent.length === 0) return ['Credentials are kept: tools can ask for new tokens at once.']
  const names = spent.map(({ id }) => id).join(', ')
  const need = spent.length === 1 ? 'needs' : 'need'
  const first = `${names} ${need} a one-time code: tools get no new tokens before you log in again.`
  const others = of.length > spent.length
  return [first, ...(others ? ['For the others tools can ask for new tokens at once.'] : [])]
}

const OUTCOMES = ['ended', 'shared', 'until_expiry', 'pending'] as const
type Outcome = (typeof OUTCOMES)[number]

/** One for each reason that there is. */
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
  const isYours = holdersOf(leases).every((name) => name === 'you')
  const isOne = countTokens(leases) === 1
  const [is, it, expires] = isOne ? ['is', 'it', 'expires'] : ['are', 'they', 'expire']
  const ends = Math.max(...leases.map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY))
  const last = Number.isFinite(ends) ? ` ${when(ends, now)}` : ''
  const why = reason === undefined ? '.' : `: ${reason}`
  switch (outcome) {
    case 'ended':
      return `Revoked ${what}.`
    case 'shared':
      return `${subject} ended for ${isYours ? 'you' : 'that tool'}; others hold the same token${
        last && `, which ${ends > now ? 'expires' : 'expired'}${last}`
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

/** More names than these say less than their number. */
const MOST_NAMES = 3

/** Whose tokens of which accounts these are, within a sentence. */
function tokensOf(leases: readonly EndedView[]): string {
  const [first] = leases
  if (first && leases.length === 1) {
    if (first.client === undefined) return `the session token of ${first.account}`
    return tokenOf(first.client, first.account)
  }
  const holders = [...new Set(holdersOf(leases))]
  const accounts = [...new Set(leases.map(({ account }) => account))]
  const of = holders.length <= MOST_NAMES ? ` of ${holders.join(', ')}` : ''
  const where = accounts.length <= MOST_NAMES ? accounts.join(', ') : `${accounts.length} accounts`
  return `${plural(countTokens(leases), 'token')}${of} for ${where}`
}
