import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { timeOfDay } from '../../../main/base/text/time-of-day.ts'
import { describeSilence, Hosts, type SilentHost } from '../../../main/broker/service/hosts.ts'
import type { HttpRequest, HttpResponse } from '../../../main/providers/http/http.ts'
import type { Provider, ProviderContext } from '../../../main/providers/provider.ts'
import { createMemorySilences } from '../../../main/settings/silences.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeService } from '../../helpers/fake-provider.ts'
import { codeOf, idle, makeBroker, refusalOf } from '../../helpers/make-broker.ts'

const MINUTE = 60_000
const HALF_HOUR = 31 * MINUTE
const values = { url: 'https://files.example.com' }

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers each request from the script, then with 200; `held` keeps responses back. */
function setUp(earlier?: { clock: FakeClock; store: ReturnType<typeof createMemorySilences> }) {
  const clock = earlier?.clock ?? new FakeClock()
  const store = earlier?.store ?? createMemorySilences()
  const script: (Answer | TokentrayError)[] = []
  const sent: string[] = []
  const silent: SilentHost[] = []
  const lifted: string[] = []
  let gate = Promise.resolve()
  const note = () => undefined
  const hosts = new Hosts({
    ...{ clock, store },
    log: { info: note, warn: note, error: note },
    onSilent: (host) => silent.push(host),
    onLifted: (host) => lifted.push(host),
  })
  const http = {
    async send({ url }: HttpRequest): Promise<HttpResponse> {
      sent.push(url)
      const next = script.shift() ?? { status: 200 }
      await gate
      if (next instanceof TokentrayError) throw next
      const { status, headers = {} } = next
      return { status, header: (name) => headers[name], json: () => ({}), skewMs: 0 }
    },
  }
  const provider: Provider = {
    ...new FakeService(clock).provider,
    silence: ({ status }, now) =>
      status === 403
        ? { until: now + HALF_HOUR, sentence: 'files.example.com has blocked this computer.' }
        : null,
  }
  const guarded = hosts.guard(http, provider)
  const never = new AbortController().signal
  const send = (signal = never, url = 'https://files.example.com/api') =>
    guarded.send({ method: 'GET', url, signal })
  const hold = () => {
    let release = () => {}
    gate = new Promise((resolve) => {
      release = resolve
    })
    return release
  }
  return { clock, store, hosts, http, provider, script, sent, silent, lifted, send, hold }
}

describe('a host that blocks requests for a time', () => {
  it('is sent nothing until that time is over, and the caller learns who, why and until when', async () => {
    const { script, send, sent, clock } = setUp()
    script.push({ status: 403 })
    const until = clock.now() + HALF_HOUR
    const first = await refusalOf(send())
    const second = await refusalOf(send())
    for (const refusal of [first, second]) {
      expect(refusal).toMatchObject({
        code: 'rate_limited',
        message: `files.example.com has blocked this computer. Tokentray leaves it alone until about ${timeOfDay(until, clock.now())}.`,
        retryAt: until,
        silentHost: 'files.example.com',
      })
      expect(refusal.hint).toContain('--try-now')
    }
    await clock.advance(HALF_HOUR - 4_000)
    expect(await codeOf(send())).toBe('rate_limited')
    expect(sent).toHaveLength(1)
    await clock.advance(4_000)
    expect((await send()).status).toBe(200)
  })

  it('affects only that host, whatever the path and the case', async () => {
    const { script, send, sent } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    expect(await codeOf(send(undefined, 'https://FILES.example.com:443/other'))).toBe(
      'rate_limited',
    )
    expect((await send(undefined, 'https://files.example.com:8443/api')).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  it('is reported once, and not again by requests in progress', async () => {
    const { script, send, hold, silent } = setUp()
    await send()
    const release = hold()
    script.push({ status: 403 }, { status: 403 }, { status: 200 })
    const underWay = [refusalOf(send()), refusalOf(send()), send()]
    await idle()
    release()
    await Promise.all(underWay)
    expect(silent).toHaveLength(1)
    expect(await codeOf(send())).toBe('rate_limited')
  })

  it('is detected with one request, however many start at the same moment', async () => {
    const { script, send, sent, hold, silent, clock } = setUp()
    await send()
    await clock.advance(5_000)
    const release = hold()
    script.push({ status: 403 })
    const calls = Array.from({ length: 9 }, () => codeOf(send()))
    await idle()
    release()
    expect(await Promise.all(calls)).toEqual(Array(9).fill('rate_limited'))
    expect(sent).toHaveLength(2)
    expect(silent).toHaveLength(1)
  })

  it('allows all requests once the first is answered, and again only one after a pause', async () => {
    const { send, sent, hold, clock } = setUp()
    const release = hold()
    const calls = [send(), send(), send()]
    await idle()
    expect(sent).toHaveLength(1)
    release()
    await Promise.all(calls)
    expect(sent).toHaveLength(3)

    await clock.advance(5_000)
    const releaseSlow = hold()
    const slow = [send(), send(), send()]
    await clock.advance(2_999)
    expect(sent).toHaveLength(4)
    await clock.advance(1)
    expect(sent).toHaveLength(6)
    releaseSlow()
    await Promise.all(slow)
  })

  it('is sent one request after another while none is answered', async () => {
    const { script, send, sent, hold } = setUp()
    const release = hold()
    const down = new TokentrayError('temporarily_unavailable', 'It refused the connection.')
    script.push(down, down, { status: 403 })
    const calls = [1, 2, 3, 4, 5].map(() => codeOf(send()))
    await idle()
    release()
    expect(await Promise.all(calls)).toEqual([
      ...['temporarily_unavailable', 'temporarily_unavailable'],
      ...['rate_limited', 'rate_limited', 'rate_limited'],
    ])
    expect(sent).toHaveLength(3)
  })

  it('delays no caller if its service never blocks requests', async () => {
    const { http, hosts, sent, hold, clock } = setUp()
    const { provider } = new FakeService(clock)
    const release = hold()
    const guarded = hosts.guard(http, provider)
    const url = 'https://other.example.com/'
    const signal = new AbortController().signal
    const calls = [1, 2, 3].map(() => guarded.send({ method: 'GET', url, signal }))
    await idle()
    expect(sent).toHaveLength(3)
    release()
    await Promise.all(calls)
  })

  it('is sent one request first when its time is over, and the rest only if that succeeds', async () => {
    const { script, send, sent, clock, silent, lifted, hold } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    await clock.advance(HALF_HOUR)
    const release = hold()
    script.push({ status: 403 })
    const refused = [1, 2, 3, 4, 5].map(() => codeOf(send()))
    await idle()
    expect(sent).toHaveLength(2)
    release()
    expect(await Promise.all(refused)).toEqual(Array(5).fill('rate_limited'))
    expect(sent).toHaveLength(2)
    expect(silent).toHaveLength(2)

    await clock.advance(HALF_HOUR)
    const releaseAgain = hold()
    const welcome = [1, 2, 3, 4, 5].map(() => send())
    await idle()
    expect(sent).toHaveLength(3)
    releaseAgain()
    await Promise.all(welcome)
    expect(sent).toHaveLength(7)
    expect(lifted).toEqual(['files.example.com'])
  })

  it('fails all callers that wait for the first request, and retries with the next', async () => {
    const { script, send, sent, clock, hold } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    await clock.advance(HALF_HOUR)
    const refused = { unsent: 'unreached' } as const
    script.push(
      new TokentrayError('temporarily_unavailable', 'It refused the connection.', refused),
    )
    const release = hold()
    const failing = [codeOf(send()), codeOf(send())]
    await idle()
    release()
    expect(await Promise.all(failing)).toEqual(Array(2).fill('temporarily_unavailable'))
    expect(sent).toHaveLength(2)
    expect((await send()).status).toBe(200)
  })

  it('lets the next caller try if the first gave up, and delays no caller that aborted', async () => {
    const { script, send, sent, clock, hold } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    await clock.advance(HALF_HOUR)
    script.push(new TokentrayError('cancelled'))
    const release = hold()
    const gone = new AbortController()
    const [first, second, third] = [codeOf(send()), send(), codeOf(send(gone.signal))]
    await idle()
    gone.abort()
    expect(await third).toBe('cancelled')
    release()
    expect(await first).toBe('cancelled')
    expect((await second).status).toBe(200)
    expect(sent).toHaveLength(3)
  })

  it('stays blocked across a restart, and not longer than intended if the clock was set back', async () => {
    const before = setUp()
    before.script.push({ status: 403 })
    await refusalOf(before.send())
    before.clock.jumpWall(-86_400_000)
    const after = setUp(before)
    expect(await codeOf(after.send())).toBe('rate_limited')
    expect(after.hosts.list()).toMatchObject([
      { host: 'files.example.com', until: after.clock.now() + HALF_HOUR },
    ])
    await after.clock.advance(HALF_HOUR)
    expect((await after.send()).status).toBe(200)
    expect(setUp(after).hosts.list()).toEqual([])
  })

  it('is sent a single request first even if its time ran out across a restart', async () => {
    const before = setUp()
    before.script.push({ status: 403 })
    await refusalOf(before.send())
    await before.clock.advance(2 * HALF_HOUR)
    const { send, sent, hold, script } = setUp(before)
    script.push({ status: 403 })
    const release = hold()
    const calls = [codeOf(send()), codeOf(send())]
    // Even if the answer takes longer than the wait for a host that never blocked requests.
    await before.clock.advance(10_000)
    release()
    expect(await Promise.all(calls)).toEqual(['rate_limited', 'rate_limited'])
    expect(sent).toHaveLength(1)
  })

  it('is blocked neither shorter nor longer because the wall clock is set', async () => {
    const { script, send, sent, clock } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    clock.jumpWall(-3_600_000)
    await clock.advance(HALF_HOUR - 10_000)
    expect(await codeOf(send())).toBe('rate_limited')
    await clock.advance(10_000)
    await send()
    expect(sent).toHaveLength(2)
  })

  it('can be tried once by the user, but not by a tool at the same time', async () => {
    const { script, send, sent, hosts, provider, silent } = setUp()
    script.push({ status: 403 }, { status: 403 })
    await refusalOf(send())
    const outcome = hosts.tryOnce(provider, values, async () => {
      const calls = [codeOf(send()), codeOf(send())]
      return [...(await Promise.all(calls)), await codeOf(send())]
    })
    expect(await outcome).toEqual(Array(3).fill('rate_limited'))
    expect(sent).toHaveLength(2)
    expect(silent).toHaveLength(2)
    // A try that needed no request leaves nothing for other callers.
    await hosts.tryOnce(provider, values, async () => undefined)
    expect(await codeOf(send())).toBe('rate_limited')
    expect(sent).toHaveLength(2)
    await hosts.tryOnce(provider, values, () => send())
    expect((await send()).status).toBe(200)
    expect(hosts.list()).toEqual([])
  })

  it('is reported in seconds near its end, since the time of day says little then', async () => {
    const { script, send, clock, hosts } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    await clock.advance(HALF_HOUR - 17_000)
    const { message } = await refusalOf(send())
    expect(message).toMatch(/\. Tokentray leaves it alone for another 17 s\.$/)
    // Text that may stay on a screen keeps the time of day.
    const [silent] = hosts.list()
    expect(silent && describeSilence(silent, clock.now())).toMatch(/ until about \d\d:\d\d\.$/)
  })

  it('is not to be tried again by a caller that has just tried', async () => {
    const { script, send, hosts, provider } = setUp()
    script.push({ status: 403 }, { status: 403 })
    expect((await refusalOf(send())).hint).toMatch(/--try-now" tries once now\.$/)
    const tried = await refusalOf(hosts.tryOnce(provider, values, () => send()))
    expect(tried).toMatchObject({ code: 'rate_limited', silentHost: 'files.example.com' })
    expect(tried.hint).toBe('Trying sooner may make it longer.')
    expect((await refusalOf(send())).hint).toContain('--try-now')
  })

  it('is found for an account by its address, and for no other account', async () => {
    const { script, send, hosts, provider } = setUp()
    script.push({ status: 403 })
    await refusalOf(send())
    expect(hosts.of(provider, values)?.sentence).toBe('files.example.com has blocked this computer')
    expect(hosts.of(provider, { url: 'https://other.example.com' })).toBeUndefined()
  })
})

describe('a service that asks for a short pause', () => {
  const soon = { status: 429, headers: { 'retry-after': '1' } }

  it('is waited for inside the call, and called once more', async () => {
    const { script, send, sent, clock } = setUp()
    script.push(soon)
    const answer = send()
    await clock.advance(999)
    expect(sent).toHaveLength(1)
    await clock.advance(1)
    expect((await answer).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  it('is not called a third time', async () => {
    const { script, send, sent, clock } = setUp()
    script.push(soon, soon)
    const answer = send()
    await clock.advance(1_000)
    expect((await answer).status).toBe(429)
    expect(sent).toHaveLength(2)
  })

  it('is not waited for if it wants a longer pause, names none, or uses another status', async () => {
    const { script, send, sent } = setUp()
    script.push(
      { status: 429, headers: { 'retry-after': '4' } },
      { status: 429 },
      { status: 503, headers: { 'retry-after': '1' } },
    )
    expect((await send()).status).toBe(429)
    expect((await send()).status).toBe(429)
    expect((await send()).status).toBe(503)
    expect(sent).toHaveLength(3)
  })

  it('does not delay a caller that has aborted', async () => {
    const { script, send, sent, clock } = setUp()
    script.push(soon)
    const gone = new AbortController()
    const answer = codeOf(send(gone.signal))
    await idle()
    gone.abort()
    expect(await answer).toBe('cancelled')
    await clock.advance(1_000)
    expect(sent).toHaveLength(1)
  })
})

describe('a broker with a host that blocks requests', () => {
  const refusing = (): HttpResponse => ({
    status: 403,
    header: () => undefined,
    json: () => ({}),
    skewMs: 0,
  })

  /** A service whose every call is one HTTP request, and a server that may block this computer. */
  async function blockable() {
    const server = { isBlocking: false, requests: 0 }
    const http = {
      send: async (): Promise<HttpResponse> => {
        server.requests += 1
        return server.isBlocking ? refusing() : { ...refusing(), status: 200 }
      },
    }
    const test = await makeBroker({
      http,
      services: [{ leaseKinds: ['dedicated'], mintsFrom: 'credential' }],
    })
    const { service, clock } = test
    const { provider, driver } = service
    const { login } = provider
    const { mint, revoke } = driver
    const ask = ({ http: guarded, signal }: ProviderContext) =>
      guarded.send({ method: 'GET', url: 'https://service.example/', signal })
    provider.silence = ({ status }, now) =>
      status === 403
        ? { until: now + HALF_HOUR, sentence: 'service.example has blocked us.' }
        : null
    provider.login = async (form, context) => {
      await ask(context)
      return await login(form, context)
    }
    driver.mint = async (session, request, context) => {
      await ask(context)
      if (!mint) throw new Error('It mints.')
      return await mint(session, request, context)
    }
    driver.revoke = async (token, values, context) => {
      await ask(context)
      if (!revoke) throw new Error('It revokes.')
      return await revoke(token, values, context)
    }
    return { ...test, server, http, clock }
  }

  it('sends it nothing for any account or purpose, including revocation, quit and start', async () => {
    const test = await blockable()
    const { server, broker, clock, recorded } = test
    const accounts = [
      await test.newAccount('one'),
      await test.newAccount('two'),
      await test.newAccount('three'),
    ]
    const [one, two, three] = accounts
    if (!one || !two || !three) throw new Error('There are three.')
    const tool = test.client('tool', ...accounts)
    for (const account of [one, two]) await test.issue(tool, account)
    server.isBlocking = true
    expect(await codeOf(test.issue(tool, three))).toBe('rate_limited')
    const { requests } = server
    expect(await codeOf(test.issue(tool, three))).toBe('rate_limited')
    expect(await codeOf(test.newAccount('four'))).toBe('rate_limited')
    const ended = await broker.closeLeases({}, tool)
    expect(ended.map(({ atService }) => atService)).toEqual(['pending', 'pending'])
    await clock.advance(20 * MINUTE)
    // No client tried too often: the line names the host, and so does that of a waiting token.
    for (const event of ['refuse', 'token_waiting']) {
      const lines = recorded.filter((line) => line.event === event)
      expect(lines).toHaveLength(2)
      for (const line of lines) {
        expect(line).toMatchObject({ code: 'rate_limited', host: 'service.example' })
      }
    }
    // What was not tried has not failed.
    expect(test.logged).not.toContain('a token could not be revoked yet')
    expect(recorded.filter(({ event }) => event === 'host_silent')).toEqual([
      expect.objectContaining({
        host: 'service.example',
        reason: 'service.example has blocked us',
      }),
    ])
    const said = test.notified.filter((text) =>
      text.includes('has blocked us. Tokentray leaves it alone until about '),
    )
    expect(said).toHaveLength(1)
    expect(await broker.stop(10_000)).toMatchObject({ pending: 2, untilExpiry: 0 })
    expect(server.requests).toBe(requests)
  })

  it('detects that with one request although many leases expire at the same moment', async () => {
    const byPerson = await blockable()
    const byTime = await blockable()
    for (const test of [byPerson, byTime]) {
      const accounts = await Promise.all(['a', 'b', 'c', 'd'].map((name) => test.newAccount(name)))
      const tool = test.client('tool', ...accounts)
      for (const account of accounts) await test.issue(tool, account)
      await test.clock.advance(MINUTE)
      const { server, broker, clock } = test
      server.isBlocking = true
      server.requests = 0
      if (test === byPerson) await broker.closeLeases({}, tool)
      else await clock.advance(20 * MINUTE)
      expect(server.requests).toBe(1)
      expect(broker.revoker.tracker.counts().pending).toBe(4)
    }
  })

  it('says so before a password is typed, for the host in question, unless the user wants to try', async () => {
    const test = await blockable()
    const { server, broker, service } = test
    const account = await test.newAccount('one')
    server.isBlocking = true
    await test.newAccount('two').catch(() => null)
    server.requests = 0
    const { provider } = service
    const { logins } = broker
    const here = { url: account.values['url'] ?? '' }
    const elsewhere = { url: 'https://elsewhere.example' }
    const isSilent = { code: 'rate_limited', silentHost: 'service.example' }
    expect(await refusalOf(logins.check({ provider, values: here }))).toMatchObject(isSilent)
    expect(await refusalOf(logins.checkAgain(account, {}))).toMatchObject(isSilent)
    await logins.check({ provider, values: here, tryNow: true })
    await logins.checkAgain(account, { tryNow: true })
    await logins.check({ provider, values: elsewhere })
    await logins.checkAgain(account, { values: elsewhere })
    // The address is not known yet.
    expect(await codeOf(logins.check({ provider, values: {} }))).toBe('invalid_request')
    expect(server.requests).toBe(0)
  })

  it('revokes the waiting tokens once a try by the user shows that the host answers again', async () => {
    const test = await blockable()
    const { server, broker, service, clock } = test
    const account = await test.newAccount('one')
    const tool = test.client('tool', account)
    await test.issue(tool, account)
    server.isBlocking = true
    const other = await test.newAccount('two').catch(() => null)
    expect(other).toBeNull()
    await broker.closeLeases({}, tool)
    expect(broker.revoker.tracker.counts().pending).toBe(1)
    server.isBlocking = false
    await broker.hosts.tryOnce(account.provider, account.values, () => test.issue(tool, account))
    await clock.advance(1_000)
    await idle()
    expect(broker.revoker.tracker.counts().pending).toBe(0)
    expect(service.alive).toHaveLength(1)
  })
})
