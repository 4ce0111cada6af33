import { describe, expect, it } from 'vitest'
import { codeOf, idle } from '../../helpers/make-broker.ts'
import { dedicated, signedInWithTool } from '../set-ups.ts'

describe('consent', () => {
  it('is requested if a client has no grant, and is remembered when the user allows it', async () => {
    const { issue, account, client, user, questions } = await signedInWithTool()
    const stranger = client('stranger')
    user.answer = 'allow'
    await issue(stranger, account, { reason: 'to list files' })
    await issue(stranger, account)
    expect(questions).toEqual([
      { client: 'stranger', account: 'sftpgo/work', reason: 'to list files' },
    ])
  })

  it('that is denied results in "access_denied", and is requested again next time', async () => {
    const { issue, account, client, questions, service } = await signedInWithTool(dedicated)
    const stranger = client('stranger')
    expect(await codeOf(issue(stranger, account))).toBe('access_denied')
    expect(await codeOf(issue(stranger, account))).toBe('access_denied')
    expect(questions).toHaveLength(2)
    expect(service.calls.mint).toBe(0)
  })

  it('is requested once for ten requests of one client', async () => {
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

  it('is valid for a client that timed out waiting for it', async () => {
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

  it('is not remembered if the account is removed while the user decides', async () => {
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

  it('is not requested for a client that was removed', async () => {
    const { issue, account, client, broker, questions } = await signedInWithTool()
    const stranger = client('stranger')
    await broker.removeClient(stranger)
    expect(await codeOf(issue(stranger, account))).toBe('invalid_client')
    expect(questions).toEqual([])
  })
})

describe('a lock', () => {
  it('rejects at once if waiting is not wanted', async () => {
    const { issue, account, tool, broker, service } = await signedInWithTool()
    broker.lock()
    expect(await codeOf(issue(tool, account))).toBe('vault_locked')
    expect(service.calls.login).toBe(1)
  })

  it('is waited for until the limit', async () => {
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

  it('is not waited for by a caller that has disconnected', async () => {
    const { issue, account, tool, broker } = await signedInWithTool({ lockWaitMs: 10_000 })
    broker.lock()
    const caller = new AbortController()
    const asked = codeOf(issue(tool, account, { signal: caller.signal }))
    caller.abort()
    expect(await asked).toBe('cancelled')
  })
})
