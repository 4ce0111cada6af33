import type { EndedView } from '../../preload/contract.ts'
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
  return OUTCOMES.flatMap((outcome) => {
    const leases = ended.filter(({ atService }) => atService === outcome)
    return leases.length === 0 ? [] : [sentence(outcome, leases, now)]
  })
}

const OUTCOMES = ['ended', 'shared', 'until_expiry', 'pending'] as const

function sentence(
  outcome: (typeof OUTCOMES)[number],
  leases: readonly EndedView[],
  now: number,
): string {
  const clients = [...new Set(leases.map(({ client }) => client))]
  const count = leases.length
  const who = clients.length <= 3 ? ` of ${clients.join(', ')}` : ''
  const subject = count === 1 ? `The lease${who}` : `${plural(count, 'lease')}${who}`
  const ends = Math.max(...leases.map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY))
  const last = Number.isFinite(ends) ? ` ${when(ends, now)}` : ''
  switch (outcome) {
    case 'ended':
      return `${subject} ended at the service.`
    case 'shared':
      return `${subject} ended for that tool; others hold the same token${
        last && `, which ends${last}`
      }.`
    case 'until_expiry':
      return last
        ? `${subject} ended here; the service cannot end the token, which ends by itself${last}.`
        : `${subject} ended here; the service cannot end the token, and it does not end by itself.`
    case 'pending':
      return `${subject} will be ended at the service as soon as that can be reached.`
    default:
      return outcome satisfies never
  }
}
