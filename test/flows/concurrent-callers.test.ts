import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../helpers/make-loopback.ts'

const CLIENTS = 20
const CALLS_EACH = 10
const LONG_MS = 3_600_000

describe('two hundred concurrent callers from twenty clients, on an account whose tokens have expired', () => {
  let endpoint: TestLoopback
  let clients: TestClient[]

  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    clients = Array.from({ length: CLIENTS }, (_, n) =>
      endpoint.addClient(`tool-${n}`, 'sftpgo/alice', 'giantswarm/bob'),
    )
    await endpoint.clock.advance(LONG_MS)
  })

  afterEach(() => endpoint.close())

  const ask = (client: TestClient, audience: string, signal?: AbortSignal) =>
    endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience },
      { headers: basic(client), ...(signal && { signal }) },
    )
  const askAll = (audience: string) =>
    Promise.all(
      clients.flatMap((client) => Array.from({ length: CALLS_EACH }, () => ask(client, audience))),
    )
  const tokensOf = (answers: readonly { body: Readonly<Record<string, unknown>> }[]) =>
    new Set(answers.map(({ body }) => body['access_token']))

  it('cost one login at SFTPGo, and all get the same token', async () => {
    const before = endpoint.sftpgo.counts.logins
    const answers = await askAll('sftpgo/alice')
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers).toHaveLength(CLIENTS * CALLS_EACH)
    expect(endpoint.sftpgo.counts.logins - before).toBe(1)
    expect(tokensOf(answers).size).toBe(1)
  })

  it('cost one login per client at Giant Swarm, one at a time', async () => {
    const before = endpoint.giantswarm.counts.logins
    const answers = await askAll('giantswarm/bob')
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(endpoint.giantswarm.counts.logins - before).toBe(CLIENTS)
    expect(endpoint.giantswarm.counts.peakLogins).toBe(1)
    expect(tokensOf(answers).size).toBe(CLIENTS)
  })

  it.each([
    ['sftpgo/alice', 'sftpgo', 1],
    ['giantswarm/bob', 'giantswarm', CLIENTS],
  ] as const)(
    'are served although the first caller of %s disconnects',
    async (audience, service, logins) => {
      const before = endpoint[service].counts.logins
      const release = endpoint[service].gate.hold()
      const gone = new AbortController()
      const [first] = clients
      if (!first) throw new Error('There is no first client.')
      const dying = ask(first, audience, gone.signal)
      await endpoint[service].gate.held(1)
      gone.abort()
      await expect(dying).rejects.toThrow()
      const rest = askAll(audience)
      release()
      const answers = await rest
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      expect(endpoint[service].counts.logins - before).toBe(logins)
    },
  )
})
