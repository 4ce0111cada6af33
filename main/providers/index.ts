import { giantswarm } from './giantswarm/giantswarm.ts'
import { glowmarkt } from './glowmarkt/glowmarkt.ts'
import { koyeb } from './koyeb/koyeb.ts'
import { type Provider, type ProviderId, providerIds } from './provider.ts'
import { sftpgo } from './sftpgo/sftpgo.ts'
import { svix } from './svix/svix.ts'

const byId: Readonly<Record<ProviderId, Provider>> = { sftpgo, giantswarm, glowmarkt, koyeb, svix }

/** All providers, in the order of the picker. */
export const providers: readonly Provider[] = providerIds.map((id) => byId[id])

/** The provider with this id; `undefined` for anything else that a user or tool may have entered. */
export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.id === id)
}
