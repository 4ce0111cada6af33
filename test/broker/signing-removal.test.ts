import { describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { cliClient } from '../../main/broker/clients.ts'
import { idle } from '../helpers/make-broker.ts'
import { signedIn } from './set-ups.ts'

describe('removing an account while its service is slow', () => {
  it('refuses a login to it, and leaves neither credential nor token', async () => {
    const { account, broker, service, issue, vault } = await signedIn()
    await issue(cliClient, account)
    const gate = service.hold('revoke')
    const removal = broker.signing.remove(account)
    await idle()
    const secrets = { password: new Secret(service.password) }
    await expect(broker.signing.loginAgain(account, { secrets })).rejects.toMatchObject({
      code: 'not_found',
    })
    gate.open()
    await removal
    expect(service.alive).toEqual([])
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([])
  })
})
