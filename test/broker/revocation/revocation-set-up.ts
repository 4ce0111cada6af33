import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import type { RevocationStatus } from '../../../main/broker/revocation/revocation-status.ts'
import type { FakeServiceOptions } from '../../helpers/fake-provider.ts'
import {
  type BrokerOptions,
  idle,
  makeBroker,
  prepareBroker,
  type TestBroker,
  until,
} from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

export const DAY = 86_400_000
export const down = () => new TokentrayError('temporarily_unavailable', 'It is down.')

/** Like a self-hosted server whose tokens cannot be revoked. */
export const unending: FakeServiceOptions = {
  leaseKinds: ['dedicated'],
  tokenless: true,
  lifeMs: 28 * DAY,
  without: ['revoke'],
}
/** Like a service that revokes leases by their id, with the credential. */
export const named: FakeServiceOptions = {
  ...{ leaseKinds: ['dedicated'], tokenless: true, lifeMs: 7 * DAY, with: ['revokeLease'] },
}
/** Like API keys: created and revoked with the session token, and listed until they are revoked. */
export const keys: FakeServiceOptions = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'session',
  with: ['revokeLease'],
}

function asKeys({ services }: Pick<TestBroker, 'services'>): void {
  for (const { driver } of services) {
    driver.listsExpired = true
    driver.revokesOnlySessions = true
  }
}

/** A run with one account of this service. */
export async function firstRun(service: FakeServiceOptions, isTotp = false) {
  const ledgerFolder = makeTestFolder('fates')
  const options: BrokerOptions = { ledgerFolder, services: [service] }
  const test = await makeBroker(options)
  if (service === keys) asKeys(test)
  if (isTotp) test.service.code = '123456'
  const account = await test.newAccount('work', 0, isTotp ? '123456' : undefined)
  return { ...test, ledgerFolder, account, ask: () => test.issue(cliClient, account) }
}

/** The run started after that one was killed; its recovery has begun. */
export async function nextRun(before: TestBroker, ledgerFolder: string) {
  before.crash()
  const next = prepareBroker({ after: before, ledgerFolder })
  await next.broker.start()
  await until(() => next.broker.startupRecovery.recovery.state !== 'waiting')
  await idle()
  return next
}

/** The status of each token that no lease holds. */
export const fatesOf = ({ broker }: TestBroker): readonly RevocationStatus[] =>
  broker.revoker.tracker.outstanding().map(({ status }) => status)

/** The audit events about tokens. */
export const eventsOf = ({ recorded }: TestBroker) =>
  recorded.map(({ event }) => event).filter((event) => event.startsWith('token_'))
