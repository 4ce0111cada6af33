import { Secret } from '../../main/base/secret.ts'
import { giantswarm } from '../../main/providers/giantswarm.ts'
import { glowmarkt } from '../../main/providers/glowmarkt.ts'
import { BRIGHT_APPLICATION_ID } from '../../main/providers/glowmarkt-fields.ts'
import type { LoginForm, Provider, ProviderId } from '../../main/providers/provider.ts'
import { sftpgo } from '../../main/providers/sftpgo.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { startGlowmarktSimulator } from '../simulators/glowmarkt-simulator.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import type { Simulator } from '../simulators/simulator.ts'

/** One provider with a simulated service, and what is particular about the two. */
export interface Rig {
  readonly provider: Provider
  readonly simulator: Simulator
  readonly form: LoginForm
  readonly label: string
  /** Where a token is good for something. */
  readonly usefulPath: string
  /** A well-formed success, but for the token in it, which is this. */
  readonly successWith: (token: unknown) => unknown
  /** How long a token lives; `null` for ever. */
  readonly lifetimeMs: number | null
  /** How long a throttled caller must wait. */
  readonly throttledMs: number
}

export interface RigOptions {
  /** The service takes one call, and is then throttled. */
  readonly throttled?: boolean
}

export type MakeRig = (clock: FakeClock, options?: RigOptions) => Promise<Rig>

const makeSftpgoRig: MakeRig = async (clock, { throttled = false } = {}) => {
  const password = markedSecret('sftpgo')
  const simulator = await startSftpgoSimulator({
    accounts: [{ username: 'alice', password }],
    now: () => clock.now(),
    onToken: registerSecret,
    ...(throttled && { rate: { requests: 1, windowMs: 90_000 } }),
  })
  return {
    provider: sftpgo,
    simulator,
    form: {
      values: { url: simulator.url, role: 'user', username: 'alice' },
      secrets: { password: new Secret(password) },
    },
    label: `alice at ${new URL(simulator.url).host}`,
    usefulPath: '/api/v2/user/dirs',
    successWith: (token) => ({ access_token: token, expires_at: '2099-01-01T00:00:00Z' }),
    lifetimeMs: 20 * 60_000,
    throttledMs: 90_000,
  }
}

const makeGiantswarmRig: MakeRig = async (clock, { throttled = false } = {}) => {
  const password = markedSecret('giantswarm')
  const simulator = await startGiantswarmSimulator({
    accounts: [{ email: 'bob@example.com', password }],
    now: () => clock.now(),
    onToken: registerSecret,
    ...(throttled && { throttle: { logins: 1, windowMs: 300_000 } }),
  })
  return {
    provider: giantswarm,
    simulator,
    form: {
      values: { url: simulator.url, email: 'bob@example.com' },
      secrets: { password: new Secret(password) },
    },
    label: `bob@example.com at ${new URL(simulator.url).host}`,
    usefulPath: '/v4/clusters/',
    successWith: (token) => ({ auth_token: token }),
    lifetimeMs: null,
    throttledMs: 300_000,
  }
}

const makeGlowmarktRig: MakeRig = async (clock, { throttled = false } = {}) => {
  const password = markedSecret('glowmarkt')
  const simulator = await startGlowmarktSimulator({
    accounts: [{ username: 'carol@example.com', password }],
    now: () => clock.now(),
    onToken: registerSecret,
  })
  if (throttled) {
    // The service knows no limit; what stands in front of it may.
    const endsAt = clock.now() + 90_000
    const tooMany = { kind: 'status', status: 429, headers: { 'retry-after': '90' } } as const
    simulator.faults.next(Number.POSITIVE_INFINITY, tooMany, ({ at }) => {
      return simulator.requests.length > 1 && at < endsAt
    })
  }
  return {
    provider: glowmarkt,
    simulator,
    form: {
      values: {
        url: simulator.apiUrl,
        username: 'carol@example.com',
        applicationId: BRIGHT_APPLICATION_ID,
      },
      secrets: { password: new Secret(password) },
    },
    label: `carol@example.com at ${new URL(simulator.url).host}`,
    usefulPath: '/api/v0-1/virtualentity',
    successWith: (token) => ({ valid: true, exp: 4_000_000_000, token }),
    lifetimeMs: 7 * 86_400_000,
    throttledMs: 90_000,
  }
}

/** A rig for each provider that there is: one without cannot be compiled. */
export const rigs: Readonly<Record<ProviderId, MakeRig>> = {
  sftpgo: makeSftpgoRig,
  giantswarm: makeGiantswarmRig,
  glowmarkt: makeGlowmarktRig,
}
