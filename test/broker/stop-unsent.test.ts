import { afterEach, describe, expect, it } from 'vitest'
import { createHttpClient } from '../../main/providers/http/client.ts'
import type { ProviderContext } from '../../main/providers/provider.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { idle, makeBroker, refusalOf } from '../helpers/make-broker.ts'
import { type BadServer, type Behaviour, startBadServer } from '../providers/http/bad-server.ts'

const silent: Behaviour = () => undefined
/** Longer than any limit: the clock of these tests stands still. */
const DEADLINE_MS = 3_600_000

describe('a stop while a request waits to be sent', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  /** Every driver call that makes a token starts with one request through this server. */
  async function behind(server: BadServer, url: string) {
    const clock = new FakeClock()
    const env = { HTTPS_PROXY: `http://127.0.0.1:${server.port}` }
    const client = createHttpClient({ clock, env })
    opened.push(server, client)
    const way = { isBad: false }
    const test = await makeBroker({
      ...{ clock, http: client },
      services: [{ with: ['revokeLease'] }],
    })
    const { provider, driver } = test.service
    const ask = async ({ http, signal }: ProviderContext) => {
      if (way.isBad) await http.send({ method: 'POST', url, signal })
    }
    const { login } = provider
    const { mint } = driver
    if (!mint) throw new Error('It mints.')
    provider.login = async (form, context) => {
      await ask(context)
      return await login(form, context)
    }
    driver.mint = async (session, request, context) => {
      await ask(context)
      return await mint(session, request, context)
    }
    return { ...test, way }
  }

  const calls = {
    'a login by the user': (test) => test.newAccount('other'),
    'a login for a tool': async (test) => {
      test.service.forgetTokens()
      const { issue, broker } = test
      const account = broker.accounts.get('sftpgo/work')
      if (account.session.current) account.session.drop(account.session.current)
      return await issue(test.client('tool', account), account)
    },
    'a token for one lease': async (test) => {
      const account = test.broker.accounts.get('sftpgo/work')
      test.broker.changeAccount(account, { leaseKind: 'dedicated' })
      await idle()
      return await test.issue(test.client('tool', account), account)
    },
  } satisfies Record<string, (test: Awaited<ReturnType<typeof behind>>) => Promise<unknown>>

  it.each(Object.entries(calls))(
    '(%s) is not delayed by a proxy that never answers, and leaves nothing behind',
    async (_, call) => {
      const proxy = await startBadServer(silent)
      const test = await behind(proxy, 'https://files.example.com/')
      await test.newAccount('work')
      test.way.isBad = true
      const refused = refusalOf(call(test))
      await proxy.heard(1)
      expect(await test.broker.stop(DEADLINE_MS)).toEqual({ pending: 0, untilExpiry: 0 })
      expect(await refused).toMatchObject({
        code: 'temporarily_unavailable',
        message: 'Tokentray is stopping.',
      })
      await idle()
      expect(test.listed()).toEqual([])
      expect(proxy.made).toBe(1)
    },
  )

  it('waits for the response to a request that was already sent', async () => {
    let answer = () => {}
    const service = await startBadServer((socket) =>
      socket.once('data', () => {
        answer = () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
      }),
    )
    const test = await behind(service, `http://127.0.0.1:${service.port}/`)
    test.way.isBad = true
    const login = refusalOf(test.newAccount('work'))
    await service.heard(1)
    let isOver = false
    const stopped = test.broker.stop(DEADLINE_MS).finally(() => {
      isOver = true
    })
    await idle()
    expect(isOver).toBe(false)
    answer()
    expect(await stopped).toEqual({ pending: 0, untilExpiry: 0 })
    expect((await login).isUnsent).toBe(false)
    // It was created and then revoked.
    expect([test.service.calls.login, test.service.alive]).toEqual([1, []])
  })
})
