import { TokentrayError } from '../../../main/base/errors.ts'
import type { Driver, Provider } from '../../../main/providers/provider.ts'
import type { Member } from './activities.ts'
import type { NamedRig } from './rig.ts'

/** A mistake that a driver could have, and the cases of the contract that find it. */
export interface Breakage {
  readonly mistake: string
  readonly at: 'login' | Member
  readonly change: Changes
  /** Exactly the cases that fail by it. */
  readonly fails: RegExp
}

/** What is put in place of a login or of a member, each of which is given. */
export interface Changes {
  readonly login?: (login: Provider['login']) => Provider['login']
  readonly driver?: (driver: Driver) => Partial<Driver>
}

/** The rig, whose driver is the right one but for the mistake. */
export function breakRig(rig: NamedRig, { login, driver }: Changes): NamedRig {
  const right = rig.provider
  const rightLogin: Provider['login'] = (...call) => right.login(...call)
  const provider: Provider = {
    ...right,
    login: login?.(rightLogin) ?? rightLogin,
    driver(values) {
      const members = right.driver(values)
      return withChanges(members, driver?.(members) ?? {})
    },
  }
  return { ...rig, provider }
}

/** A driver may be a class, so that its own members are called on it. */
function withChanges(driver: Driver, changes: Partial<Driver>): Driver {
  return new Proxy(driver, {
    get(target, name) {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** The error of a call as another value, or as another error. */
export async function onError<T>(
  call: Promise<T> | undefined,
  handle: (error: TokentrayError) => T | Promise<T>,
): Promise<T> {
  try {
    if (!call) throw new Error('The right driver has no such member.')
    return await call
  } catch (error) {
    if (error instanceof TokentrayError) return handle(error)
    throw error
  }
}

/** Passes an error on, where a value is wanted. */
export function fail(error: unknown): never {
  throw error
}
