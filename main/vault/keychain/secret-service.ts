import type { KeychainState } from './keychain.ts'

const SECRETS = 'org.freedesktop.secrets'
const SERVICE_PATH = '/org/freedesktop/secrets'

/** Makes one call on the session bus; the answer's values. */
type CallBus = (call: {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly body: readonly string[]
}) => Promise<readonly unknown[]>

/**
 * How the collection that new items go to is. Two questions that no implementation asks the person
 * about: keytar itself makes a locked keychain show its prompt, so it cannot be used for a look.
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

/** A variant comes as its signature and the list of its values. */
function contentOf(variant: unknown): unknown {
  if (!Array.isArray(variant)) return variant
  const values: unknown = variant[1]
  return Array.isArray(values) ? values[0] : values
}
