import { describe, expect, it } from 'vitest'
import { codeOf, idle } from '../../helpers/make-broker.ts'
import { dedicated, signedInWithTool } from '../set-ups.ts'

describe('consent', () => {
  it('is asked for when a client has no grant, and remembered when the person allows', async () => {
    const { issue, account, client, user, questions } = await signedInWithTool()
    const stranger = client('stranger')
    user.answer = 'allow'
    await issue(stranger, account, { reason: 'to list files' })
    await issue(stranger, account)
    expect(questions).toEqual([
      { client: 'stranger', account: 'sftpgo/work', reason: 'to list files' },
    ])
  })

  it('that is denied refuses with "access_denied", and is asked for again', async () => {
    const { issue, account, client, questions, service } = await signedInWithTool(dedicated)
    const stranger = client('stranger')
    expect(await codeOf(issue(stranger, account))).toBe('access_denied')
    expect(await codeOf(issue(stranger, account))).toBe('access_denied')
    expect(questions).toHaveLength(2)
    expect(service.calls.mint).toBe(0)
  })

  it('is asked for once by ten requests of one client', async () => {
    const { issue, account, client, user, questions } = await signedInWithTool()
    const stranger = client('stranger')
    let allow = () => {}
    user.answer = new Promise((resolve) => {
      allow = () => resolve('allow')
    })
    const asked = Array.from({ length: 10 }, () => issue(stranger, account))
    await idle()
    expect(questions).toHaveLength(1)
    allow()
    await Promise.all(asked)
  })

  it('counts for a client that could not wait for it', async () => {
    const { issue, account, client, user, questions } = await signedInWithTool()
    const stranger = client('stranger')
    let allow = () => {}
    user.answer = new Promise((resolve) => {
      allow = () => resolve('allow')
    })
    const caller = new AbortController()
    const asked = codeOf(issue(stranger, account, { signal: caller.signal }))
    await idle()
    caller.abort()
    expect(await asked).toBe('cancelled')
    allow()
    await idle()
    await issue(stranger, account)
    expect(questions).toHaveLength(1)
  })

  it('is not remembered for an account that is removed meanwhile', async () => {
    const { issue, account, client, user, broker, settings } = await signedInWithTool()
    const stranger = client('stranger')
    let allow = () => {}
    user.answer = new Promise((resolve) => {
      allow = () => resolve('allow')
    })
    const asked = codeOf(issue(stranger, account))
    await idle()
    await broker.logins.remove(account)
    allow()
    expect(await asked).toBe('not_found')
    expect(settings.read().grants).toEqual([])
  })

  it('is not asked for on behalf of a client that was removed', async () => {
    const { issue, account, client, broker, questions } = await signedInWithTool()
    const stranger = client('stranger')
    await broker.removeClient(stranger)
    expect(await codeOf(issue(stranger, account))).toBe('invalid_client')
    expect(questions).toEqual([])
  })
})

describe('a lock', () => {
  it('refuses at once where nobody is to be waited for', async () => {
    const { issue, account, tool, broker, service } = await signedInWithTool()
    broker.lock()
    expect(await codeOf(issue(tool, account))).toBe('vault_locked')
    expect(service.calls.login).toBe(1)
  })

  it('is waited for, so long and no longer', async () => {
    const { issue, account, tool, broker, clock } = await signedInWithTool({ lockWaitMs: 10_000 })
    broker.lock()
    const served = issue(tool, account)
    await clock.advance(9_000)
    broker.unlock()
    await served
    broker.lock()
    const refused = codeOf(issue(tool, account))
    await clock.advance(10_000)
    expect(await refused).toBe('vault_locked')
  })

  it('is not waited for by a caller that has gone', async () => {
    const { issue, account, tool, broker } = await signedInWithTool({ lockWaitMs: 10_000 })
    broker.lock()
    const caller = new AbortController()
    const asked = codeOf(issue(tool, account, { signal: caller.signal }))
    caller.abort()
    expect(await asked).toBe('cancelled')
  })
})
