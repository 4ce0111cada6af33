import { afterAll, beforeAll, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { openKeytarVault } from '../helpers/keychain-process.ts'
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'

describeWith([secretService], 'the vault without a Secret Service', () => {
  const before = process.env['DBUS_SESSION_BUS_ADDRESS']
  beforeAll(() => {
    process.env['DBUS_SESSION_BUS_ADDRESS'] = `unix:path=${makeTestFolder('no-bus')}/bus`
  })
  afterAll(() => {
    if (before === undefined) delete process.env['DBUS_SESSION_BUS_ADDRESS']
    else process.env['DBUS_SESSION_BUS_ADDRESS'] = before
  })

  it('reports vault_unavailable and what to do', async () => {
    const vault = await openKeytarVault()
    const refusal = { code: 'vault_unavailable', hint: expect.stringContaining('dbus-run-session') }
    await expect(vault.get('credential/a')).rejects.toMatchObject(refusal)
    await expect(vault.set('credential/a', new Secret(markedSecret()))).rejects.toMatchObject(
      refusal,
    )
    await expect(vault.keys()).rejects.toMatchObject(refusal)
    await expect(vault.look()).rejects.toMatchObject(refusal)
    vault.close()
  })
})
