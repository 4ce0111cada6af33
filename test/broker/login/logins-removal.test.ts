import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle } from '../../helpers/make-broker.ts'
import { signedIn } from '../set-ups.ts'

describe('removing an account while its service is slow', () => {
  it('refuses a login to it, and leaves neither credential nor token', async () => {
    const { account, broker, service, issue, vault } = await signedIn()
    await issue(cliClient, account)
    const gate = service.hold('revoke')
    const removal = broker.logins.remove(account)
    await idle()
    const secrets = { password: new Secret(service.password) }
    await expect(broker.logins.loginAgain(account, { secrets })).rejects.toMatchObject({
      code: 'not_found',
    })
    gate.open()
    await removal
    expect(service.alive).toEqual([])
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([])
  })

  it('refuses logins while another removal is in progress, even after one has failed', async () => {
    const { account, broker, service, vault } = await signedIn()
    const remove = vault.delete.bind(vault)
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let calls = 0
    vault.delete = async (key) => {
      calls += 1
      if (calls === 1) throw new TokentrayError('vault_unavailable', 'The keychain is gone.')
      await held
      await remove(key)
    }
    const first = codeOf(broker.logins.remove(account))
    const second = broker.logins.remove(account)
    expect(await first).toBe('vault_unavailable')
    const secrets = { password: new Secret(service.password) }
    await expect(broker.logins.loginAgain(account, { secrets })).rejects.toMatchObject({
      code: 'not_found',
    })
    goOn()
    await second
    expect(broker.accounts.all()).toEqual([])
    expect(service.alive).toEqual([])
  })

  it('keeps the account if a stop interrupts the removal', async () => {
    const { account, broker, service, clock, recorded } = await signedIn()
    service.hold('revoke')
    const removal = codeOf(broker.logins.remove(account))
    await idle()
    const stop = broker.stop(10_000)
    await clock.advance(10_000)
    expect(await removal).toBe('temporarily_unavailable')
    await stop
    expect(broker.accounts.all()).toMatchObject([{ id: account.id }])
    expect(recorded.map(({ event }) => event)).not.toContain('account_removed')
  })
})
