import { randomBytes, randomUUID } from 'node:crypto'
import { type GiantswarmSimulator, startGiantswarmSimulator } from './giantswarm-simulator.ts'
import { type GlowmarktSimulator, startGlowmarktSimulator } from './glowmarkt-simulator.ts'
import { type KoyebSimulator, startKoyebSimulator } from './koyeb-simulator.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from './sftpgo-simulator.ts'
import type { Simulator, SimulatorOptions } from './simulator.ts'
import { type SvixSimulator, startSvixSimulator } from './svix-simulator.ts'

/** The services of the demo and of long flows: a new provider need not be among them. */
type FiveService = 'sftpgo' | 'giantswarm' | 'glowmarkt' | 'koyeb' | 'svix'

/** A filled-in login form of one of the services. */
export interface FilledForm {
  readonly provider: FiveService
  readonly values: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

/** Five services, each with one account. */
export interface FiveServices {
  readonly sftpgo: SftpgoSimulator
  readonly giantswarm: GiantswarmSimulator
  readonly glowmarkt: GlowmarktSimulator
  readonly koyeb: KoyebSimulator
  readonly svix: SvixSimulator
  readonly all: Readonly<Record<FiveService, Simulator>>
  /** The forms as a user would fill them in, in the order of the registry. */
  readonly forms: readonly FilledForm[]
  close(): Promise<void>
}

type Shared = Pick<SimulatorOptions, 'now' | 'onToken'>

/** Starts all five, with passwords created by `secret`. */
export async function startFiveServices(
  options: Shared = {},
  secret: (label: string) => string = () => randomBytes(12).toString('base64url'),
): Promise<FiveServices> {
  const password = secret('password')
  const apiToken = secret('api-token')
  const key = secret('key')
  const organization = { id: randomUUID(), name: 'Acme' }
  const sftpgo = await startSftpgoSimulator({
    ...options,
    accounts: [{ username: 'demo', password }],
  })
  const giantswarm = await startGiantswarmSimulator({
    ...options,
    accounts: [{ email: 'demo@example.com', password }],
  })
  const glowmarkt = await startGlowmarktSimulator({
    ...options,
    accounts: [{ username: 'demo@example.com', password }],
  })
  const koyeb = await startKoyebSimulator({
    ...options,
    organizations: [organization],
    apiTokens: [{ token: apiToken, organizationId: organization.id }],
    accounts: [{ email: 'demo@example.com', password, organizationId: organization.id }],
  })
  const svix = await startSvixSimulator({
    ...options,
    environments: [
      {
        key,
        applications: [
          { uid: 'app_demo', name: 'Demo' },
          { uid: 'app_other', name: 'Other' },
        ],
      },
    ],
  })
  const all = { sftpgo, giantswarm, glowmarkt, koyeb, svix }
  const at = (simulator: Simulator, more: FilledForm['values']) => ({ url: simulator.url, ...more })
  return {
    ...all,
    all,
    forms: [
      {
        ...{ provider: 'sftpgo', values: at(sftpgo, { username: 'demo' }) },
        secrets: { password },
      },
      {
        ...{ provider: 'giantswarm', values: at(giantswarm, { email: 'demo@example.com' }) },
        secrets: { password },
      },
      {
        provider: 'glowmarkt',
        values: { url: glowmarkt.apiUrl, username: 'demo@example.com' },
        secrets: { password },
      },
      { ...{ provider: 'koyeb', values: at(koyeb, {}) }, secrets: { token: apiToken } },
      {
        ...{ provider: 'svix', values: at(svix, { application: 'app_demo' }) },
        secrets: { key },
      },
    ],
    close: async () => {
      await Promise.all(Object.values(all).map((simulator) => simulator.close()))
    },
  }
}
