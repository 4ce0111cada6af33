import type { KoyebRate } from './koyeb-rate.ts'
import { KoyebService } from './koyeb-service.ts'
import type { KoyebTokenKind } from './koyeb-tokens.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

interface KoyebOrganization {
  readonly id: string
  readonly name: string
}

/** What the console calls an API token: created by a user, never by a call. */
export interface KoyebApiToken {
  readonly token: string
  readonly organizationId: string
  /** Other organizations that its user belongs to. */
  readonly alsoIn?: readonly string[]
  /** `user` by default; one of an organization can do nothing as a user. */
  readonly type?: 'user' | 'organization'
}

/** An account of the old login. */
interface KoyebAccount {
  readonly email: string
  readonly password: string
  readonly organizationId: string
  /** `KOYEB` by default; one that was moved to `WORKOS` cannot log in here. */
  readonly method?: 'KOYEB' | 'WORKOS'
}

export interface KoyebOptions extends SimulatorOptions {
  readonly organizations: readonly KoyebOrganization[]
  readonly apiTokens?: readonly KoyebApiToken[]
  readonly accounts?: readonly KoyebAccount[]
  /** The lifetime of a login token; a day by default, as the real one is not known. */
  readonly loginLifetimeSeconds?: number
  /** How a login states the expiry of its token; `expires_at` by default. */
  readonly endIn?: 'expires_at' | 'expires' | 'jwt'
  /** Whether a refresh revokes the old token is not known; it does not by default. */
  readonly refreshEndsOld?: boolean
  /** The response to a second revocation is not known; 401 by default. */
  readonly secondLogout?: 401 | 404
  /** The status for a wrong password, which is some 4xx; 401 by default. */
  readonly wrongPassword?: 400 | 401
  /** The old login was removed, with this status; a 404 comes from the router, not from the service. */
  readonly oldLoginGone?: 403 | 404 | 410
  /** Asking which login an account has needs a token, as the vendor documents; by default it does not. */
  readonly loginMethodWantsToken?: true
  /** The shortest lifetime of an access token is not known; none by default. */
  readonly shortestSeconds?: number
  /** Off by default. */
  readonly rate?: KoyebRate
}

export interface KoyebSimulator extends Simulator {
  /** The claims of a token, valid or not. */
  kindOf(token: string): KoyebTokenKind | undefined
  /** From now on the account's tokens get 403, even for log-out; they stay valid. */
  lock(email: string): void
  unlock(email: string): void
  /** Issues an access token of that organization, or a login token of that account, to another program. */
  giveToken(of: { readonly organizationId: string } | { readonly email: string }): string
}

/** A server that handles tokens as Koyeb does, errors included. */
export async function startKoyebSimulator(options: KoyebOptions): Promise<KoyebSimulator> {
  const service = new KoyebService(options, new SimulatorClock(options.now))
  const simulator = await startSimulator(service, options)
  return {
    ...simulator,
    kindOf: (token) => service.kindOf(token),
    lock: (email) => service.lock(email),
    unlock: (email) => service.unlock(email),
    giveToken(of) {
      const token = service.giveToken(of)
      options.onToken?.(token)
      return token
    },
  }
}
