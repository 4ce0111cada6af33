import type { FormValues, Provider } from '../../providers/provider.ts'

/** How a place is reached, and not which one it is: a person may change these at any time. */
const TRANSPORT = ['caFile', 'allowPlainHttp'] as const

/**
 * True where two sets of values mean the same server, and the same kind of login there, however it is
 * reached. Security: what belongs to one is never sent where the other is not also.
 */
export function isSameService(
  { place = ['url'], fields }: Provider,
  one: FormValues,
  other: FormValues,
): boolean {
  return place.every((name) => {
    if (one[name] === other[name]) return true
    // What a login has learned may be known to one of them only.
    const isLearned = !fields.some((field) => field.name === name)
    return isLearned && (one[name] === undefined || other[name] === undefined)
  })
}

/** True for the same place with all that was chosen there, so that one session serves both. */
export function isSameSession(provider: Provider, one: FormValues, other: FormValues): boolean {
  const chosen = provider.fields.filter(({ kind, name }) => kind !== 'text' && !isTransport(name))
  return (
    isSameService(provider, one, other) && chosen.every(({ name }) => one[name] === other[name])
  )
}

/** True where two sets of values were entered alike, whatever was learned since. */
export function isSameForm({ fields }: Provider, one: FormValues, other: FormValues): boolean {
  return fields.every(({ name }) => isTransport(name) || one[name] === other[name])
}

/** The values as they were, reached as these say: of one place only. */
export function withTransportOf(values: FormValues, present: FormValues): FormValues {
  const kept = Object.entries(values).filter(([name]) => !isTransport(name))
  const now = Object.entries(present).filter(([name]) => isTransport(name))
  return Object.fromEntries([...kept, ...now])
}

const isTransport = (name: string) => TRANSPORT.some((each) => each === name)
