import type { KeychainState } from './keychain.ts'

const SECRETS = 'org.freedesktop.secrets'
const SERVICE_PATH = '/org/freedesktop/secrets'

/** Makes one call on the session bus and returns the values of the reply. */
type CallBus = (call: {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly body: readonly string[]
}) => Promise<readonly unknown[]>

/**
 * State of the default collection, which new items go to. Both calls are free of prompts in every
 * implementation. keytar cannot be used here: on a locked keychain it triggers the prompt.
 */
export async function seeSecretService(call: CallBus): Promise<KeychainState> {
  const [collection] = await call({
    ...{ destination: SECRETS, path: SERVICE_PATH },
    ...{ interface: 'org.freedesktop.Secret.Service', member: 'ReadAlias', body: ['default'] },
  })
  if (typeof collection !== 'string' || collection === '/') return 'absent'
  const [variant] = await call({
    ...{ destination: SECRETS, path: collection },
    ...{ interface: 'org.freedesktop.DBus.Properties', member: 'Get' },
    body: ['org.freedesktop.Secret.Collection', 'Locked'],
  })
  const locked = contentOf(variant)
  if (typeof locked !== 'boolean') return 'unknown'
  return locked ? 'locked' : 'open'
}

/** A variant is passed as its signature and a list of values. */
function contentOf(variant: unknown): unknown {
  if (!Array.isArray(variant)) return variant
  const values: unknown = variant[1]
  return Array.isArray(values) ? values[0] : values
}
