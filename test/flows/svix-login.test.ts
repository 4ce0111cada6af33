import { afterEach, beforeEach, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { eventually } from '../helpers/waiting.ts'
import type { RecordedRequest } from '../simulators/simulator.ts'
import { type SvixSimulator, startSvixSimulator } from '../simulators/svix-simulator.ts'

let endpoint: TestLoopback
let svix: SvixSimulator
beforeEach(async () => {
  endpoint = await makeLoopback()
  svix = await startSvixSimulator({
    environments: [
      { key: markedSecret('svix'), applications: [{ uid: 'app_shop', name: 'The shop' }] },
    ],
    now: () => endpoint.clock.now(),
    onToken: registerSecret,
  })
})
afterEach(async () => {
  await endpoint.close()
  await svix.close()
})

function add() {
  const provider = endpoint.broker.providers.find(({ id }) => id === 'svix')
  if (!provider) throw new Error('There is no Svix.')
  return endpoint.broker.logins.add({
    provider,
    name: 'shop',
    values: { url: svix.url, application: 'app_shop' },
    secrets: { key: new Secret(svix.keyOf()) },
  })
}

const isOwnLogOut = ({ path, headers }: RecordedRequest) =>
  path.endsWith('/auth/logout') && headers['authorization'] !== undefined

it('retries revoking the token that a login to Svix created to check the key', async () => {
  svix.faults.next(2, { kind: 'status', status: 503 }, isOwnLogOut)
  await expect(add()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  expect(svix.counts.logins).toBe(1)
  const alive = async () => {
    await endpoint.clock.advance(1_000)
    return svix.aliveTokens()
  }
  await eventually(alive).toEqual([])
  expect(endpoint.broker.accounts.all()).toEqual([])
})
