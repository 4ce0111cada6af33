import { afterAll, beforeAll, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import type { KeytarVault } from '../../main/vault/keytar-vault.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { openKeytarVault } from '../helpers/keychain-process.ts'
import { markedSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'

describeWith([secretService], 'the vault over an unreliable Secret Service', () => {
  let ring: KeyRing
  let vault: KeytarVault

  beforeAll(async () => {
    ring = await startKeyRing()
    useInThisProcess(ring)
    vault = await openKeytarVault()
  })
  afterAll(async () => {
    vault.close()
    await ring.close()
  })

  const read = async (key: string) => (await vault.get(key))?.reveal() ?? null

  it('can be looked at without being used', async () => {
    expect(await vault.look()).toBe('open')
    ring.lock()
    expect(await vault.look()).toBe('locked')
    await ring.unlock()
    expect(await vault.look()).toBe('open')
  })

  it('keeps working after a restart of the service, without losing anything', async () => {
    const [before, after] = [markedSecret(), markedSecret()]
    await vault.set('credential/a', new Secret(before))
    await ring.restart()
    expect(await read('credential/a')).toBe(before)
    await ring.restart()
    await vault.set('credential/b', new Secret(after))
    await ring.restart()
    await vault.delete('credential/a')
    expect(await vault.keys()).toEqual(['credential/b'])
    expect(await read('credential/b')).toBe(after)
  })

  it('reports that the service is gone, and works again when it is back', async () => {
    const secret = markedSecret()
    await vault.set('credential/c', new Secret(secret))
    await ring.end()
    const refusal = { code: 'vault_unavailable', message: 'No Secret Service is running.' }
    await expect(vault.get('credential/c')).rejects.toMatchObject(refusal)
    await expect(vault.look()).rejects.toMatchObject(refusal)
    await ring.restart()
    await expect.poll(() => read('credential/c').catch(() => null)).toBe(secret)
  })

  it('gives up on a hung service in time, and works again when it continues', async () => {
    const secret = markedSecret()
    await vault.set('credential/d', new Secret(secret))
    ring.stop()
    await expect(vault.get('credential/d')).rejects.toMatchObject({ code: 'vault_unavailable' })
    await expect(vault.look()).rejects.toMatchObject({ code: 'vault_unavailable' })
    ring.cont()
    await expect.poll(() => read('credential/d').catch(() => null)).toBe(secret)
  })
})
