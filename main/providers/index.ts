import { giantswarm } from './giantswarm/giantswarm.ts'
import { glowmarkt } from './glowmarkt/glowmarkt.ts'
import { koyeb } from './koyeb/koyeb.ts'
import { type Provider, type ProviderId, providerIds } from './provider.ts'
import { sftpgo } from './sftpgo/sftpgo.ts'
import { svix } from './svix/svix.ts'

const byId: Readonly<Record<ProviderId, Provider>> = { sftpgo, giantswarm, glowmarkt, koyeb, svix }

/** Every kind of service that there is, in the order in which a picker shows them. */
export const providers: readonly Provider[] = providerIds.map((id) => byId[id])

/** The driver of that id, or `undefined`: what a person or a tool typed may be anything. */
export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.id === id)
}
