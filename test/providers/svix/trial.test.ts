import { afterEach, describe, expect, it } from 'vitest'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import type { FormValues } from '../../../main/providers/provider.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { noteTrials, refusalOf } from '../calling.ts'
import { type OpenSvix, openSvix } from './open-svix.ts'

const CURRENT = 'POST /api/v1/auth/app-portal-access/app_1'
const WHO = 'GET /api/v1/auth/whoami'
const LOG_OUT = 'POST /api/v1/auth/logout'
const words = { code: 'x', detail: 'x' }

describe('the trial of a Svix login', () => {
  let service: OpenSvix
  afterEach(() => service.close())

  const isWhoAmI = ({ path }: { readonly path: string }) => path.includes('/whoami')
  const login = (http?: HttpClient) => svix.login(service.form(), service.context(http))
  const linesOfTrial = () => service.lines().slice(2)

  /** Logs in with real calls that end at the simulator, whatever their host. */
  function loginAt(values: FormValues) {
    const moved: HttpClient = {
      send: (call) => {
        const url = call.url.replace(/^https:.*(?=\/api\/v1)/, service.simulator.url)
        return service.http.send({ ...call, url })
      },
    }
    const { secrets } = service.form()
    const form = { values: { application: 'app_1', region: 'auto', ...values }, secrets }
    return svix.login(form, service.context(moved))
  }

  it('creates a token with a session id, asks with it who it is, and logs it out', async () => {
    service = await openSvix()
    await login()
    expect(linesOfTrial()).toEqual([CURRENT, WHO, LOG_OUT])
    const [made, asked, ended] = service.simulator.requests.slice(2)
    expect(JSON.parse(made?.body ?? '')).toEqual({
      expiry: 3_600,
      sessionId: expect.stringMatching(/^tokentray-check-[A-Za-z0-9_-]{8,48}$/),
    })
    expect(made?.headers['authorization']).toBe(`Bearer ${service.key}`)
    const [{ token = '' } = {}] = service.simulator.answeredLogins
    for (const request of [asked, ended]) {
      expect(request?.headers['authorization']).toBe(`Bearer ${token}`)
      expect(request?.body).toBe('')
    }
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('records its token before it is used, until it is revoked', async () => {
    service = await openSvix()
    const trials = noteTrials()
    const context = { ...service.context(), trials }
    await svix.login(service.form(), context)
    expect(trials.noted).toEqual(['made lease', 'ended token'])
    // The same route is called earlier, without a token, to find out the kind of server.
    const isOfTrial = ({ path }: RecordedRequest) =>
      path.endsWith('/logout') && service.simulator.requests.filter(isWhoAmI).length === 2
    service.simulator.faults.next(1, { kind: 'status', status: 500 }, isOfTrial)
    await refusalOf(svix.login(service.form(), context), 'temporarily_unavailable')
    expect(trials.noted.slice(2)).toEqual(['made lease'])
    trials.full.isFull = true
    const before = service.simulator.requests.length
    await refusalOf(svix.login(service.form(), context), 'record_unavailable')
    expect(service.simulator.requests.slice(before).some(isWhoAmI)).toBe(false)
  })

  it('takes session ids for supported only if its own comes back', async () => {
    service = await openSvix()
    for (const sessionId of [undefined, null, '', 'tokentray-check-', 'another', ['x'], true]) {
      const fault = { kind: 'status', status: 200, body: { appId: 'app_1', sessionId } } as const
      service.simulator.faults.next(1, fault, isWhoAmI)
      const { learned } = await login()
      expect(learned).toMatchObject({ generation: 'current', sessions: 'no' })
      expect(svix.driver({ ...learned })).not.toHaveProperty('revokeLease')
    }
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('relies on the published API if the hosted service does not say who calls', async () => {
    service = await openSvix()
    for (const [values, sessions] of [
      [{ region: 'eu' }, 'yes'],
      [{ url: 'https://api.us.svix.com' }, 'yes'],
      [{ url: 'https://api.svix.com.example.com' }, 'no'],
      [{ url: 'https://notsvix.com' }, 'no'],
      [{ url: 'https://hooks.example.com/api.svix.com' }, 'no'],
    ] as const) {
      for (const status of [403, 404, 405]) {
        service.simulator.faults.next(1, { kind: 'status', status, body: words }, isWhoAmI)
        expect((await loginAt(values)).learned).toMatchObject({ sessions })
      }
      const fault = { kind: 'status', status: 200, body: { sessionId: null } } as const
      service.simulator.faults.next(1, fault, isWhoAmI)
      expect((await loginAt(values)).learned).toMatchObject({ sessions: 'no' })
    }
  })

  it('logs its token out even if nothing was learned', async () => {
    service = await openSvix()
    for (const [fault, code] of [
      [{ kind: 'reset' }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 503 }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 429, body: words }, 'rate_limited'],
      [{ kind: 'status', status: 401, body: words }, 'unexpected_answer'],
      [{ kind: 'status', status: 403 }, 'unexpected_answer'],
      [{ kind: 'html', status: 404 }, 'unexpected_answer'],
      [{ kind: 'html' }, 'unexpected_answer'],
    ] as const) {
      const before = service.lines().length
      service.simulator.faults.next(1, fault, isWhoAmI)
      await refusalOf(login(), code, [service.key])
      expect(service.lines().slice(before + 2)).toEqual([CURRENT, WHO, LOG_OUT])
      expect(service.simulator.aliveTokens()).toEqual([])
    }
  })

  it('refuses a login whose trial token may still be valid', async () => {
    service = await openSvix()
    const isOwnLogOut = (request: { readonly path: string; readonly headers: object }) =>
      request.path.includes('/logout') && 'authorization' in request.headers
    for (const [fault, code] of [
      [{ kind: 'lost' }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 500 }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 501, body: words }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 429, body: words }, 'rate_limited'],
      [{ kind: 'status', status: 200, body: {} }, 'unexpected_answer'],
      [{ kind: 'status', status: 403, body: words }, 'unexpected_answer'],
      [{ kind: 'status', status: 404, body: words }, 'unexpected_answer'],
      [{ kind: 'html', status: 401 }, 'unexpected_answer'],
    ] as const) {
      service.simulator.faults.next(1, fault, isOwnLogOut)
      await refusalOf(login(), code, [service.key])
    }
    service.simulator.faults.next(1, { kind: 'status', status: 401, body: words }, isOwnLogOut)
    expect((await login()).learned).toMatchObject({ sessions: 'yes' })
  })

  it('is skipped if its token could not be revoked', async () => {
    service = await openSvix({ flavour: 'oss' })
    const { learned } = await login()
    expect(linesOfTrial()).toEqual(['GET /api/v1/app?limit=1'])
    expect(learned).not.toHaveProperty('sessions')
  })
})
