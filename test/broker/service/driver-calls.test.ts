import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { createCalls } from '../../../main/broker/service/driver-calls.ts'
import { type HttpRequest, type HttpResponse, unsent } from '../../../main/providers/http/http.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeService } from '../../helpers/fake-provider.ts'
import { refusalOf } from '../../helpers/make-broker.ts'

const clock = new FakeClock()
const http = { send: () => Promise.reject(new Error('not used')) }
const hosts = { guard: (client: typeof http) => client }
const { provider } = new FakeService(clock)
const { signal } = new AbortController()
const running = { stopping: signal }

describe('createCalls', () => {
  it('finds a provider by its id, and none for an unknown id', () => {
    const calls = createCalls({ ...running, providers: [provider], http, hosts, clock })
    expect(calls.provider('sftpgo')).toBe(provider)
    expect(calls.provider('unheard-of')).toBeUndefined()
  })

  it('gives each call its purpose, and a new id for each request', () => {
    const context = createCalls({ ...running, providers: [provider], http, hosts, clock }).context(
      'sftpgo',
      'lease',
      signal,
    )
    expect(context).toMatchObject({ clock, signal, activity: 'lease' })
    expect(context.newId()).not.toBe(context.newId())
    expect('commandLine' in context).toBe(false)
  })

  it('passes on the command line if there is one', () => {
    const commandLine = ['tokentray', 'serve']
    const calls = createCalls({
      ...running,
      providers: [provider],
      http,
      hosts,
      clock,
      commandLine,
    })
    expect(calls.context('sftpgo', 'login', signal).commandLine?.()).toEqual(commandLine)
  })

  it('starts only revocations during a stop, and finishes what was sent', async () => {
    const sent: (boolean | undefined)[] = []
    const stop = new AbortController()
    const client = {
      async send({ unlessSent }: HttpRequest): Promise<HttpResponse> {
        if (unlessSent?.aborted) throw unsent()
        sent.push(unlessSent?.aborted)
        return { status: 200, header: () => undefined, json: () => ({}), skewMs: 0 }
      },
    }
    const calls = createCalls({
      ...{ providers: [provider], hosts: { guard: () => client }, clock },
      ...{ http: client, stopping: stop.signal },
    })
    const request = { method: 'GET', url: 'https://service.example/', signal } as const
    const begun = calls.context('sftpgo', 'login', signal).http
    await begun.send(request)
    stop.abort()
    await begun.send(request)
    await calls.context('sftpgo', 'logout', signal).http.send(request)
    expect(sent).toEqual([false, undefined, undefined])
    for (const activity of ['login', 'lease', 'portal', 'probe', 'list'] as const) {
      const { http } = calls.context('sftpgo', activity, signal)
      expect(await refusalOf(http.send(request))).toMatchObject({ isUnsent: true })
    }
  })

  it('does not report a call as unsent of which an earlier request was sent', async () => {
    const answers = [true, false]
    const client = {
      async send(): Promise<HttpResponse> {
        if (answers.shift())
          return { status: 200, header: () => undefined, json: () => ({}), skewMs: 0 }
        throw new TokentrayError('temporarily_unavailable', 'Refused.', { unsent: 'unreached' })
      },
    }
    const calls = createCalls({
      ...{ providers: [provider], hosts: { guard: () => client }, clock },
      ...{ http: client, stopping: signal },
    })
    const request = { method: 'GET', url: 'https://service.example/', signal } as const
    const call = calls.context('sftpgo', 'login', signal).http
    await call.send(request)
    const error = await refusalOf(call.send(request))
    expect(error).toMatchObject({ isUnsent: false, message: 'Refused.' })
    const other = calls.context('sftpgo', 'login', signal).http
    expect((await refusalOf(other.send(request))).isUnsent).toBe(true)
  })
})
