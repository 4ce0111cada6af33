import type { KoyebRate } from './koyeb-rate.ts'
import { KoyebService } from './koyeb-service.ts'
import type { KoyebTokenKind } from './koyeb-tokens.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

interface KoyebOrganization {
  readonly id: string
  readonly name: string
}

/** What the console calls an API token: made by a person, never by a call. */
export interface KoyebApiToken {
  readonly token: string
  readonly organizationId: string
  /** Other organisations that its person belongs to. */
  readonly alsoIn?: readonly string[]
  /** `user` unless said otherwise; one of an organisation can do nothing as a user. */
  readonly type?: 'user' | 'organization'
}

/** An account of the old login. */
interface KoyebAccount {
  readonly email: string
  readonly password: string
  readonly organizationId: string
  /** `KOYEB` unless said otherwise; one that was moved to `WORKOS` cannot log in here. */
  readonly method?: 'KOYEB' | 'WORKOS'
}

export interface KoyebOptions extends SimulatorOptions {
  readonly organizations: readonly KoyebOrganization[]
  readonly apiTokens?: readonly KoyebApiToken[]
  readonly accounts?: readonly KoyebAccount[]
  /** How long a login's token lives; a day unless said otherwise, for nobody knows. */
  readonly loginLifetimeSeconds?: number
  /** How a login says when its token ends; `expires_at` unless said otherwise. */
  readonly endIn?: 'expires_at' | 'expires' | 'jwt'
  /** Whether a refresh ends the old token is not known; it does not unless said otherwise. */
  readonly refreshEndsOld?: boolean
  /** What ending a token again gets is not known; 401 unless said otherwise. */
  readonly secondLogout?: 401 | 404
  /** The status of a wrong password, which is some 4xx; 401 unless said otherwise. */
  readonly wrongPassword?: 400 | 401
  /** The old login has been taken away, with this status; 404 is the router's, not the service's. */
  readonly oldLoginGone?: 403 | 404 | 410
  /** Asking which login an account has wants a token, as the vendor's papers say; it does not unless said. */
  readonly loginMethodWantsToken?: true
  /** The shortest life of an access token is not known; none unless given. */
  readonly shortestSeconds?: number
  /** Off unless given. */
  readonly rate?: KoyebRate
}

export interface KoyebSimulator extends Simulator {
  /** Of a token that lives, or did. */
  kindOf(token: string): KoyebTokenKind | undefined
  /** From now on the account's tokens get 403, also at log-out; they live on. */
  lock(email: string): void
  unlock(email: string): void
  /** Another program gets an access token of that organisation, or a login token of that account. */
  giveToken(of: { readonly organizationId: string } | { readonly email: string }): string
}

/** A server that behaves as Koyeb does as far as tokens go, errors included. */
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
