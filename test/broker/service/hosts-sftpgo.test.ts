import { afterEach, beforeEach, expect, it } from 'vitest'
import { Hosts } from '../../../main/broker/service/hosts.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { createMemorySilences } from '../../../main/settings/silences.ts'
import { codeOf, refusalOf } from '../../helpers/make-broker.ts'
import { type OpenSftpgo, openSftpgo } from '../../providers/sftpgo/open-sftpgo.ts'

const MINUTE = 60_000

let service: OpenSftpgo
let http: ReturnType<typeof createHttpClient>
let store = createMemorySilences()

beforeEach(async () => {
  service = await openSftpgo({ defender: { threshold: 2 } })
  http = createHttpClient({ clock: service.clock, env: {} })
  store = createMemorySilences()
})
afterEach(async () => {
  await http.close()
  await service.close()
})

function setUp() {
  const { clock, simulator, values } = service
  const note = () => undefined
  const hosts = new Hosts({
    ...{ clock, store, onSilent: note, onLifted: note },
    log: { info: note, warn: note, error: note },
  })
  const guarded = hosts.guard(http, sftpgo)
  const { signal } = new AbortController()
  const send = () =>
    guarded.send({ method: 'GET', url: `${simulator.url}/api/v2/user/token`, signal })
  return { hosts, send, tryNow: () => hosts.tryOnce(sftpgo, values(), send) }
}

/** Another program on this network fails until the address is banned. */
async function getBanned() {
  const { simulator } = service
  const authorization = `Basic ${Buffer.from('nobody:wrong').toString('base64')}`
  while (simulator.bannedForMs() === 0) {
    await fetch(`${simulator.url}/api/v2/user/token`, { headers: { authorization } })
  }
}

/** How much longer nothing is sent, and how much longer requests would be refused. */
function left({ hosts }: ReturnType<typeof setUp>) {
  const [silent] = hosts.list()
  if (!silent) throw new Error('No host is left alone.')
  return { waitMs: silent.until - service.clock.now(), banMs: service.simulator.bannedForMs() }
}

it('an SFTPGo ban is over at the first try after the wait, including what our own requests added', async () => {
  const { clock, simulator } = service
  const setting = setUp()
  const { hosts, send, tryNow } = setting
  // A recent answer lets several requests through; all of them then meet the ban.
  await send()
  await getBanned()
  const burst = [refusalOf(send()), refusalOf(send()), refusalOf(send())]
  for (const { code } of await Promise.all(burst)) expect(code).toBe('rate_limited')
  expect(left(setting).banMs).toBe(75 * MINUTE)
  expect(left(setting).waitMs).toBe(76 * MINUTE)

  await clock.advance(10 * MINUTE)
  for (const _ of [1, 2]) {
    const before = left(setting).waitMs
    expect(await codeOf(tryNow())).toBe('rate_limited')
    const { waitMs, banMs } = left(setting)
    expect(waitMs).toBe(before + 15 * MINUTE)
    expect(waitMs).toBeGreaterThan(banMs)
  }

  await clock.advance(left(setting).waitMs)
  expect(simulator.bannedForMs()).toBe(0)
  expect((await send()).status).not.toBe(403)
  expect(hosts.list()).toEqual([])
})

it('the one request that detects a ban is counted, also by the next start', async () => {
  const { clock } = service
  await getBanned()
  await refusalOf(setUp().send())
  const again = setUp()
  expect(left(again)).toEqual({ waitMs: 46 * MINUTE, banMs: 45 * MINUTE })
  await clock.advance(40 * MINUTE)
  await refusalOf(again.tryNow())
  const { waitMs, banMs } = left(again)
  expect(waitMs).toBeGreaterThan(banMs)
  await clock.advance(waitMs)
  // Another program extended the ban: treated like a new one.
  await getBanned()
  await refusalOf(again.send())
  expect(left(again).waitMs).toBe(46 * MINUTE)
})
