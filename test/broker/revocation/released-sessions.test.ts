import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import {
  idle,
  makeBroker,
  prepareBroker,
  type TestBroker,
  tokenOf,
  until,
} from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const MINUTE = 60_000
const down = () => new TokentrayError('temporarily_unavailable')

/** An account with a shared session token, two clients, and a service that goes down. */
async function sharing() {
  const ledgerFolder = makeTestFolder('broker')
  const test = await makeBroker({ ledgerFolder })
  const account = await test.newAccount('files')
  const [one, two] = [test.client('one', account), test.client('two', account)]
  const issued = await test.issue(one, account)
  return { ...test, ledgerFolder, account, one, two, issued, token: tokenOf(issued) }
}
type Sharing = Awaited<ReturnType<typeof sharing>>

/** Each requests the revocation of the token that `one` holds. */
const ways: Record<string, (test: Sharing) => Promise<unknown>> = {
  'closing all leases': ({ broker }) => broker.closeLeases({}, cliClient),
  'closing the leases of its account': ({ broker, account }) =>
    broker.closeLeases({ accountUid: account.uid }, cliClient),
  'closing its lease': ({ broker, issued }) =>
    broker.closeLeases({ id: issued.lease.id }, cliClient),
  'removing its client': ({ broker, one }) => broker.removeClient(one),
  'rotating it': async ({ service, broker, account, issue, one }) => {
    service.outage = null
    service.failNext('revoke', down(), down())
    await broker.tokenAdmin.rotate(account, cliClient)
    // The token that replaced it is treated the same way.
    await issue(one, account)
    service.outage = down()
    await broker.closeLeases({}, cliClient)
  },
  'reporting its lease as refused': async ({ issue, one, account, issued }) => {
    await issue(one, account, { refusedLease: issued.lease.id }).catch(() => undefined)
  },
  'changing the lease kind and back': async ({ broker, account }) => {
    broker.changeAccount(account, { leaseKind: 'dedicated' })
    await broker.closeLeases({}, cliClient)
    broker.changeAccount(account, { leaseKind: 'shared' })
  },
}

const restart = async (after: TestBroker & { readonly ledgerFolder: string }) => {
  const next = prepareBroker({ after, ledgerFolder: after.ledgerFolder })
  await next.broker.start()
  return { ...next, ledgerFolder: after.ledgerFolder }
}

describe('a token whose revocation was requested while its service was down', () => {
  const revoker = ['a crash', 'a quit'] as const
  const cases = Object.keys(ways).flatMap((way) => revoker.map((ending) => ({ way, ending })))

  it.each(cases)('by $way is not reused after $ending', async ({ way, ending }) => {
    const first = await sharing()
    first.service.outage = down()
    await ways[way]?.(first)
    await idle()
    if (ending === 'a quit') await first.broker.stop(10_000)
    first.crash()

    const second = await restart(first)
    const account = second.broker.accounts.get(first.account.id)
    expect(account.session.current).toBeNull()
    expect(first.service.alive).toContain(first.token)
    first.service.outage = null
    await second.clock.advance(MINUTE)
    await until(() => !first.service.alive.includes(first.token))
    expect(tokenOf(await second.issue(cliClient, account))).not.toBe(first.token)
  })

  it('is not reused either if it is unknown whether it works', async () => {
    const first = await sharing()
    const gate = first.service.hold('revoke')
    void first.broker.closeLeases({}, cliClient)
    await idle()
    first.crash()
    gate.openBehind()
    const second = await restart(first)
    expect(second.broker.accounts.get(first.account.id).session.current).toBeNull()
    await until(() => first.service.alive.length === 0)
  })

  it('is not reused by the login after a logout', async () => {
    const first = await sharing()
    const { service, token } = first
    service.outage = down()
    await first.broker.logins.logout(first.account)
    first.crash()
    const second = await restart(first)
    const account = second.broker.accounts.get(first.account.id)
    await idle()
    expect(service.alive).toEqual([token])
    service.outage = null
    const password = new Secret(service.password)
    const again = await second.broker.logins.loginAgain(account, { secrets: { password } })
    expect(tokenOf(await second.issue(cliClient, again))).not.toBe(token)
    await second.clock.advance(MINUTE)
    await until(() => !service.alive.includes(token))
  })

  it('is not reused after two restarts', async () => {
    const first = await sharing()
    first.service.outage = down()
    await first.broker.closeLeases({}, cliClient)
    await first.broker.stop(10_000)
    first.crash()
    const second = await restart(first)
    await second.broker.stop(10_000)
    second.crash()
    const third = await restart(second)
    expect(third.broker.accounts.get(first.account.id).session.current).toBeNull()
    expect(third.broker.startupRecovery.recovery).toMatchObject({ state: 'running', remaining: 1 })
  })

  it('is not reused by the next run if it was refused and another client holds it too', async () => {
    const first = await sharing()
    const { service, account, two, token } = first
    delete service.driver.probe
    expect(tokenOf(await first.issue(two, account))).toBe(token)
    service.outage = down()
    await ways['reporting its lease as refused']?.(first)
    await idle()
    first.crash()
    service.outage = null
    const second = await restart(first)
    const next = await second.issue(cliClient, second.broker.accounts.get(account.id))
    expect(tokenOf(next)).not.toBe(token)
  })
})
