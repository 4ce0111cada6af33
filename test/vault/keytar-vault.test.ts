import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditFile } from '../../main/audit/audit-file.ts'
import { systemClock } from '../../main/base/clock.ts'
import { Secret } from '../../main/base/secret.ts'
import { createKeytarVault, keytarKeychain } from '../../main/vault/keytar-vault.ts'
import { LedgerFile } from '../../main/vault/ledger-file.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'
import { describeVaultContract, type KeychainRig } from './vault-contract.ts'

describeWith([secretService], 'the vault over a real Secret Service', () => {
  let ring: KeyRing

  beforeAll(async () => {
    ring = await startKeyRing()
    useInThisProcess(ring)
  })
  afterAll(() => ring.close())

  const used = ['a', 'b', 'c', ...Array.from({ length: 100 }, (_, n) => `${'long'.repeat(8)}-${n}`)]
  const rig: KeychainRig = {
    keychain: keytarKeychain,
    clear: async () => {
      ring.cont()
      await ring.unlock()
      for (const name of used) await keytarKeychain.delete(`credential/${name}`)
      for (const key of ['sentinel', 'index/0', 'index/1', 'index/2']) {
        await keytarKeychain.delete(key)
      }
    },
    lock: () => ring.lock(),
    unlock: () => ring.unlock(),
    hang: () => ring.stop(),
    recover: () => ring.cont(),
  }

  describeVaultContract('under the contract', () => rig)

  describe('besides the contract', () => {
    beforeEach(() => rig.clear())

    it('is of the kind keychain', () => {
      expect(createKeytarVault(systemClock).kind).toBe('keychain')
    })

    it('leaves audit and ledger writes going on while the Secret Service hangs', async () => {
      const clock = new FakeClock()
      const vault = createKeytarVault(clock)
      await vault.set('credential/a', new Secret(markedSecret()))
      const folder = makeTestFolder('audit')
      const audit = new AuditFile(folder, clock)
      const ledger = new LedgerFile(folder, createMemoryVault(clock), clock)
      await ledger.load()
      ring.stop()
      const asked = Array.from({ length: 8 }, () => vault.get('credential/a').catch(() => null))
      for (let line = 0; line < 100; line += 1) await audit.record({ event: 'issue' })
      for (let id = 0; id < 10; id += 1) {
        await ledger.append([{ op: 'add', entry: { id: String(id) } }])
      }
      const file = path.join(folder, 'audit.jsonl')
      expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(100)
      expect(ledger.lines).toBe(10)
      // Nothing of the keychain has moved meanwhile: all eight are still waiting.
      expect(clock.armed).toBe(8)
      ring.cont()
      await Promise.all(asked)
      await audit.close()
      await ledger.close()
    })
  })
})
