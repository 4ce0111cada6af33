import type { ErrorCode } from '../../../main/base/errors.ts'
import type { Secrets } from '../../../main/base/secret.ts'
import type { LoginForm, Provider } from '../../../main/providers/provider.ts'
import type { FakeClock } from '../../helpers/fake-clock.ts'
import type { Fault } from '../../simulators/faults.ts'
import type { Simulator } from '../../simulators/simulator.ts'
import type { Activity, Maker, Member } from './activities.ts'
import type { MisbehaviourTitle } from './misbehaviours.ts'

/** One provider, in one of the ways in which it can be used, with a simulated service. */
export interface Rig {
  /**
   * Its `aliveTokens()` are the tokens that were made by calls, as a tool sends them and as
   * `AccessToken.value` has them; the credential in the form is not one of them. Its
   * `counts.logouts` grows by one with each token that `revoke` ends. Its clock is that of the rig
   * (`now: () => clock.now()`), and every token and magic link is told to `registerSecret`
   * (`onToken: registerSecret`).
   */
  readonly simulator: Simulator
  /** Ready to log in: as `checkForm` leaves it, with the simulator's address in `values.url`. */
  readonly form: LoginForm
  /** In place of the secrets of the form: of the right shape, marked, and not accepted. */
  readonly wrongSecrets: Secrets
  /** What the login calls the account. */
  readonly label: string
  /** A path where a GET with the headers of a token of that maker gets 200. */
  usefulPath(maker: Maker): string
  /** Another program, or the phone, gets a token; returns the token as `aliveTokens()` has it. */
  foreignToken(of: 'same account' | 'other account'): string | Promise<string>
}

export interface RigOptions {
  /**
   * The service takes the requests of one login, and refuses every one after that as throttled,
   * until `throttled.waitMs` have passed by its clock. See `throttleAfterLogin`.
   */
  readonly throttled?: boolean
}

export type MakeRig = (clock: FakeClock, options?: RigOptions) => Promise<Rig>

/** What is known of the tokens of one maker. */
export interface TokenFacts {
  /** How long a token lives if this lifetime was requested; `null` if it never expires. */
  lifetimeMs(askedSeconds: number): number | null
  /** The request, counted from 1 within the call, whose answer holds it; 1 unless given. */
  readonly step?: number
  /** The status of that answer; 200 unless given. */
  readonly status?: number
  /** That answer, well-formed but for the token in it, which is this; absent if no answer holds it. */
  successWith?(token: unknown): unknown
  /** What makes an answer unusable with a good token in it, which the driver then has to end. */
  readonly unusableAnswers?: readonly {
    readonly what: string
    readonly change: (answer: Readonly<Record<string, unknown>>) => unknown
  }[]
  /** `false`: `revoke` cannot end such a token, and says `not_supported`. */
  readonly revocable?: false
  /** `false`: `probe` is not for such a token. */
  readonly probed?: false
  /** What a useful path says to one that was ended; 401 unless given. */
  readonly refusedStatus?: number
  /** What it says to one that has expired; 401 unless given. */
  readonly expiredStatus?: number
}

/** How a service refuses a token that has ended. */
export interface TokenRefusal {
  readonly what: string
  readonly answer: Fault & { kind: 'status' }
  /** The calls that get it: `probe`, and those that go by the session's token. */
  readonly at: readonly Activity[]
}

/** A request that is sent again until its answer says that something has happened. */
interface Poll {
  /** Without a query. */
  readonly path: string
  /** How often one call sends it, the last time included. */
  readonly most: number
}

/** Where a service differs, with good reason, from what `misbehaviours` say. */
export interface Exception {
  readonly at: Activity
  readonly row: MisbehaviourTitle
  /** Only at this request of the call, counted from 1; at every one unless given. */
  readonly step?: number
  /** The code instead, or that it is an answer like any other there. */
  readonly becomes: ErrorCode | 'an answer'
  readonly because: string
}

/**
 * What is known before anything is started; the cases of the suite are chosen by it. Each file
 * `NAME/rig.ts` exports a list of them, `NAMERigs`.
 */
export interface NamedRig {
  /** The id of the provider, and the way in which it is used: `svix hosted`. */
  readonly name: string
  readonly provider: Provider
  /** All that the driver of this account can do; the suite compares. */
  readonly members: readonly Member[]
  /** What makes tokens here; `login` is among them if a login gives one at once. */
  readonly tokens: Readonly<Partial<Record<Maker, TokenFacts>>>
  /**
   * How many requests a call makes that succeeds; 1 unless given, 0 for one that makes no request.
   * `revokeLease` with a token and `revokeLeaseById` without are two; likewise below.
   */
  readonly requests?: Readonly<Partial<Record<Activity, number>>>
  /**
   * Paths that a call may ask again until they say that it is done, each at most so often; `requests`
   * counts them once. Anything else that is sent twice is a mistake.
   */
  readonly polls?: readonly Poll[]
  /** How long the token lives with which a login checks the credential, if it cannot be revoked. */
  readonly loginLeavesMs?: number
  /** How the service says that it is throttled, and how long that makes a caller wait. */
  readonly throttled: { readonly answer: Fault & { kind: 'status' }; readonly waitMs: number }
  /**
   * Members that send again by themselves, once, with the same `idempotency-key`, after these faults
   * (of the kinds `reset`, `lost`, `hang`, `drip`); nothing else is ever sent twice.
   */
  readonly retries?: {
    readonly at: readonly Activity[]
    readonly after: readonly Fault['kind'][]
  }
  /** Every shape that is known; a service may have several for the same. */
  readonly tokenRefusals?: readonly TokenRefusal[]
  /** Members that exist and always reject with `not_supported`. */
  readonly notSupported?: readonly Exclude<Activity, 'login'>[]
  /**
   * The result of revoking a second time, and of revoking what never existed: `already_gone`, unless the
   * service cannot tell the difference.
   */
  readonly secondEnd?: Readonly<
    Partial<
      Record<
        'revoke' | 'revokeLease' | 'revokeLeaseById' | 'revokeById' | 'endCredential',
        'revoked' | 'already_gone'
      >
    >
  >
  /** Whose tokens `listTokens` shows; `login` unless given. */
  readonly lists?: Maker
  readonly exceptions?: readonly Exception[]
  readonly make: MakeRig
}

/** For services whose simulator knows no limit: what stands in front of it has one. */
export function throttleAfterLogin(
  { simulator }: Pick<Rig, 'simulator'>,
  { throttled, requests, polls = [] }: Pick<NamedRig, 'throttled' | 'requests' | 'polls'>,
): void {
  const endsAt = simulator.clock.now() + throttled.waitMs
  const again = polls.reduce((sum, { most }) => sum + most - 1, 0)
  const free = (requests?.login ?? 1) + again
  simulator.faults.next(Number.POSITIVE_INFINITY, throttled.answer, ({ at }) => {
    return simulator.requests.length > free && at < endsAt
  })
}
