import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEchoService } from '../providers/http/echo-service.ts'
import type { Simulator } from './simulator.ts'
import { TotpCheck, totpCode } from './totp.ts'

describe('the base of the simulators', () => {
  let simulator: Simulator
  beforeEach(async () => {
    simulator = await startEchoService({ status: 200, body: { a: 1 }, token: 'made-here' })
  })
  afterEach(() => simulator.close())

  const get = (path = '/') => fetch(`${simulator.url}${path}`)

  it('records method, path, headers as spelled and body', async () => {
    const headers = { 'X-Odd': 'yes' }
    await fetch(`${simulator.url}/a?b`, { method: 'POST', headers, body: '€' })
    const [request] = simulator.requests
    expect([request?.method, request?.path, request?.body]).toEqual(['POST', '/a?b', '€'])
    expect(request?.headers['x-odd']).toBe('yes')
  })

  it('dates its responses by its own clock', async () => {
    simulator.clock.advance(86_400_000)
    const date = Date.parse((await get()).headers.get('date') ?? '')
    expect(Math.abs(date - Date.now() - 86_400_000)).toBeLessThan(60_000)
  })

  it('holds finished responses until they are released', async () => {
    const release = simulator.gate.hold(({ path }) => path === '/held')
    const held = get('/held')
    await simulator.gate.held(1)
    expect((await get('/free')).status).toBe(200)
    expect(simulator.answeredLogins).toHaveLength(1)
    release()
    expect((await held).status).toBe(200)
    expect(simulator.answeredLogins.map(({ token }) => token)).toEqual(['made-here', 'made-here'])
  })

  it('applies a fault only to the next matching requests', async () => {
    simulator.faults.next(1, { kind: 'status', status: 500 }, ({ path }) => path === '/bad')
    expect((await get('/good')).status).toBe(200)
    expect((await get('/bad')).status).toBe(500)
    expect((await get('/bad')).status).toBe(200)
  })

  it('does not count a login as answered if its response was lost', async () => {
    simulator.faults.next(1, { kind: 'lost' })
    await expect(get()).rejects.toThrow()
    expect(simulator.answeredLogins).toEqual([])
  })

  it('releases everything when it is closed', async () => {
    simulator.faults.next(1, { kind: 'hang' })
    const hanging = get()
    await simulator.arrived(1)
    await simulator.close()
    await expect(hanging).rejects.toThrow()
    await simulator.close()
  })
})

describe('one-time codes', () => {
  // RFC 6238 appendix B: the last six of its eight digits for SHA-1.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at second %i are %s', (second, code) => {
    expect(totpCode(secret, second * 1000)).toBe(code)
  })

  it('are accepted one step early or late, but no further', () => {
    const at = 1_700_000_010_000
    const accepts = (moment: number) =>
      new TotpCheck().accepts(secret, totpCode(secret, moment), at)
    expect([-60_000, -30_000, 0, 30_000, 60_000].map((off) => accepts(at + off))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
  })

  it('are accepted once', () => {
    const check = new TotpCheck()
    const at = 1_700_000_010_000
    const code = totpCode(secret, at)
    expect(check.accepts(secret, code, at)).toBe(true)
    expect(check.accepts(secret, code, at + 1000)).toBe(false)
  })
})
