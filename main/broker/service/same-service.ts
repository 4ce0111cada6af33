import type { FormValues, Provider } from '../../providers/provider.ts'

/** Settings of transport, which do not change which service it is; the user may change them at any time. */
const TRANSPORT = ['caFile', 'allowPlainHttp'] as const

/**
 * True if two sets of values mean the same server and the same kind of login, whatever the transport
 * settings. Security: the secrets of one service are never sent to another.
 */
export function isSameService(
  { place = ['url'], fields }: Provider,
  one: FormValues,
  other: FormValues,
): boolean {
  return place.every((name) => {
    if (one[name] === other[name]) return true
    // Only one of them may have what a login has learned.
    const isLearned = !fields.some((field) => field.name === name)
    return isLearned && (one[name] === undefined || other[name] === undefined)
  })
}

/** True for the same service with the same options, so that one session serves both. */
export function isSameSession(provider: Provider, one: FormValues, other: FormValues): boolean {
  const chosen = provider.fields.filter(({ kind, name }) => kind !== 'text' && !isTransport(name))
  return (
    isSameService(provider, one, other) && chosen.every(({ name }) => one[name] === other[name])
  )
}

/** True if the entered values are equal, whatever was learned since. */
export function isSameForm({ fields }: Provider, one: FormValues, other: FormValues): boolean {
  return fields.every(({ name }) => isTransport(name) || one[name] === other[name])
}

/** The values with the transport settings of `present`; both are of the same service. */
export function withTransportOf(values: FormValues, present: FormValues): FormValues {
  const kept = Object.entries(values).filter(([name]) => !isTransport(name))
  const now = Object.entries(present).filter(([name]) => isTransport(name))
  return Object.fromEntries([...kept, ...now])
}

const isTransport = (name: string) => TRANSPORT.some((each) => each === name)
