import type { FormValues, Provider } from '../providers/provider.ts'

/**
 * True where two sets of values mean the same server, reached in the same way. Security: what belongs
 * to one is never sent where the other is not also.
 */
export function isSamePlace({ fields }: Provider, one: FormValues, other: FormValues): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => {
    const field = fields.find((each) => each.name === name)
    if (field?.kind === 'text' || one[name] === other[name]) return true
    // What a login or a mint has learned may be known to one of them only.
    return field === undefined && (one[name] === undefined || other[name] === undefined)
  })
}

/** True where two sets of values were entered alike, whatever was learned since. */
export function isSameForm({ fields }: Provider, one: FormValues, other: FormValues): boolean {
  return fields.every(({ name }) => one[name] === other[name])
}
