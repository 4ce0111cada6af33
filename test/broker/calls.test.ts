import { describe, expect, it } from 'vitest'
import { createCalls } from '../../main/broker/calls.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FakeService } from '../helpers/fake-provider.ts'

const clock = new FakeClock()
const http = { send: () => Promise.reject(new Error('not used')) }
const hosts = { guard: (client: typeof http) => client }
const { provider } = new FakeService(clock)
const { signal } = new AbortController()

describe('createCalls', () => {
  it('finds a provider by its id, and none that is not there', () => {
    const calls = createCalls({ providers: [provider], http, hosts, clock })
    expect(calls.provider('sftpgo')).toBe(provider)
    expect(calls.provider('unheard-of')).toBeUndefined()
  })

  it('says what a call is for, and gives each a fresh id when it asks', () => {
    const context = createCalls({ providers: [provider], http, hosts, clock }).context(
      'sftpgo',
      'lease',
      signal,
    )
    expect(context).toMatchObject({ http, clock, signal, activity: 'lease' })
    expect(context.newId()).not.toBe(context.newId())
    expect('commandLine' in context).toBe(false)
  })

  it('passes on the command line where there is one', () => {
    const commandLine = ['tokentray', 'serve']
    const calls = createCalls({ providers: [provider], http, hosts, clock, commandLine })
    expect(calls.context('sftpgo', 'login', signal).commandLine).toEqual(commandLine)
  })
})
