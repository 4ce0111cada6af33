import { expect, it, onTestFinished } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { endAnswer } from '../../../main/loopback/schemas/schemas.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeLoopback } from '../../helpers/make-loopback.ts'

/** An endpoint that cannot read its keychain, and so does not know the tokens of earlier runs. */
async function startUnread() {
  const refuse = () => Promise.reject(new TokentrayError('vault_unavailable'))
  const vault = createMemoryVault(new FakeClock())
  const endpoint = await makeLoopback({ vault: { ...vault, get: refuse, set: refuse } })
  onTestFinished(() => endpoint.close())
  return endpoint
}

it.each([
  ['everything', 'POST', '/v1/leases/end', { all: true }],
  ['a client', 'POST', '/v1/leases/end', { client: 'backup' }],
  ['a client that is removed', 'DELETE', '/v1/clients/backup', undefined],
] as const)(
  'reports for %s that other tokens are unknown while the keychain cannot be read',
  async (...of) => {
    const [, method, path, body] = of
    const endpoint = await startUnread()
    endpoint.addClient('backup')
    const answer = await endpoint.manage(method, path, body)
    expect(answer.status).toBe(200)
    expect(endAnswer.parse(answer.body)).toEqual({ leases: [], not_known: true })
  },
)
