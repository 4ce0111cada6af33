import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../main/base/clock.ts'
import { Secret } from '../../main/base/secret.ts'
import { createKeytarVault } from '../../main/vault/keytar-vault.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { markedSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'

// A file of its own: after it, keytar is of no use to this process any more.
describeWith([secretService], 'the vault after the Secret Service was restarted', () => {
  let ring: KeyRing

  beforeAll(async () => {
    ring = await startKeyRing()
    useInThisProcess(ring)
  })
  afterAll(() => ring.close())

  it('takes nothing for absent, and says that Tokentray must be restarted', async () => {
    const vault = createKeytarVault(systemClock)
    await vault.set('credential/a', new Secret(markedSecret()))
    await ring.restart()
    const refusal = { code: 'vault_unavailable', hint: 'Restart Tokentray.' }
    await expect(vault.get('credential/a')).rejects.toMatchObject(refusal)
    await expect(vault.delete('credential/a')).rejects.toMatchObject(refusal)
    await expect(vault.keys()).rejects.toMatchObject(refusal)
  })
})
