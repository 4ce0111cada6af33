import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import { codeOf, idle, makeBroker, tokenOf, until } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { dedicated, MINUTE, signedIn, signedInWithTool } from '../set-ups.ts'

describe('a home directory used with another key ring, for example in a session with its own bus', () => {
  it('has its accounts and tokens again once the first key ring is back', async () => {
    const ledgerFolder = makeTestFolder('ring')
    const first = await signedInWithTool({ ...dedicated, ledgerFolder })
    tokenOf(await first.issue(first.tool, first.account))
    const [token] = first.service.alive
    first.crash()
    const vault = createMemoryVault(first.clock)
    const second = await makeBroker({ after: first, ledgerFolder, vault })
    const [there] = second.broker.accounts.all()
    if (!there) throw new Error('The account is gone.')
    expect(await codeOf(second.issue(cliClient, there))).toBe('login_required')
    await second.broker.stop(1_000)
    expect(first.service.alive).toContain(token)
    const third = await makeBroker({ after: second, ledgerFolder, vault: first.vault })
    const account = third.broker.accounts.get('sftpgo/work')
    expect(account.record).toMatchObject({ state: 'signed_in' })
    expect(account.record.loginRequiredBecause).toBeUndefined()
    await third.issue(cliClient, account)
    await until(() => !third.service.alive.includes(token ?? ''))
    await third.broker.stop(1_000)
    expect(readdirSync(ledgerFolder).filter((name) => name.includes('unreadable'))).toHaveLength(1)
  })

  it('records that Tokentray has found a credential again', async () => {
    const { ask, vault, account, clock, broker, recorded } = await signedIn()
    const key = credentialKey(account.record)
    const kept = await vault.get(key)
    if (!kept) throw new Error('Nothing is kept.')
    broker.lock()
    broker.unlock()
    await vault.delete(key)
    await clock.advance(20 * MINUTE)
    expect(await codeOf(ask())).toBe('login_required')
    expect(await codeOf(ask())).toBe('login_required')
    await vault.set(key, kept)
    await ask()
    await idle()
    const told = recorded.filter(({ event }) => ['refuse', 'login', 'issue'].includes(event))
    expect(told.slice(-3)).toMatchObject([
      { event: 'refuse' },
      { event: 'login', account: 'sftpgo/work', route: 'broker' },
      { event: 'issue' },
    ])
    expect(broker.accounts.get('sftpgo/work').record.state).toBe('signed_in')
  })

  it('does not restore an account that was logged out or refused', async () => {
    const { loginAgain, broker, service, ask, account } = await signedIn()
    await broker.logins.logout(account)
    await broker.accounts.recoverCredentials()
    expect(broker.accounts.get(account.id).record.state).toBe('signed_out')
    await loginAgain()
    broker.accounts.change(account.uid, {
      state: 'login_required',
      loginRequiredBecause: { sentence: 'The password is wrong.', at: 1 },
    })
    const before = service.alive.length
    await broker.accounts.recoverCredentials()
    expect(broker.accounts.get(account.id).record.state).toBe('login_required')
    await ask().catch(() => undefined)
    expect(service.alive).toHaveLength(before)
  })
})
