import type { Driver, RevokeAll } from '../../../main/providers/provider.ts'

/** The members of a driver that call the service, each of which may be absent. */
export const members = [
  'mint',
  'refresh',
  'renew',
  'revoke',
  'revokeLease',
  'endCredential',
  'listTokens',
  'revokeById',
  'revokeAll',
  'portalLink',
  'probe',
] as const satisfies readonly (keyof Driver)[]

export type Member = (typeof members)[number]

type Calls = {
  [K in keyof Driver]-?: NonNullable<Driver[K]> extends RevokeAll | ((...given: never[]) => unknown)
    ? K
    : never
}[keyof Driver]
type NoneOf<T extends never> = T
/** @public Compiles only while the list above holds every one. */
export type Forgotten = NoneOf<Exclude<Calls, Member>>

/**
 * Everything that calls a service. `revokeLease` is two things: there it has the token of the lease,
 * and as `revokeLeaseById` nothing but the id, as after a crash.
 */
export const activities = ['login', ...members, 'revokeLeaseById'] as const
export type Activity = (typeof activities)[number]

/** What may make a token. */
export const makers = ['login', 'mint', 'refresh', 'renew', 'portalLink'] as const
export type Maker = (typeof makers)[number]

/** The members that a driver has, in the order of the list. */
export function membersOf(driver: Driver): Member[] {
  return members.filter((member) => driver[member] !== undefined)
}
