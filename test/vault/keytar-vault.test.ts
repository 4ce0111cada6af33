import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditFile } from '../../main/audit/writing/audit-file.ts'
import { systemClock } from '../../main/base/clock.ts'
import { Secret } from '../../main/base/secret.ts'
import { forkKeychain } from '../../main/vault/keychain/forked-keychain.ts'
import { RenewableKeychain } from '../../main/vault/keychain/renewable-keychain.ts'
import { LedgerFile } from '../../main/vault/ledger/ledger-file.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { buildKeychainProcess, openKeytarVault } from '../helpers/keychain-process.ts'
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'
import { describeVaultContract, type KeychainRig } from './vault-contract.ts'

describeWith([secretService], 'the vault over a real Secret Service', () => {
  let ring: KeyRing
  let keychain: RenewableKeychain

  beforeAll(async () => {
    ring = await startKeyRing()
    useInThisProcess(ring)
    keychain = new RenewableKeychain(forkKeychain(await buildKeychainProcess()), systemClock)
  })
  afterAll(async () => {
    keychain.close()
    await ring.close()
  })

  const used = ['a', 'b', 'c', ...Array.from({ length: 100 }, (_, n) => `${'long'.repeat(8)}-${n}`)]
  const rig: KeychainRig = {
    get keychain() {
      return keychain
    },
    clear: async () => {
      ring.cont()
      await ring.unlock()
      for (const name of used) await keychain.delete(`credential/${name}`)
      for (const key of ['sentinel', 'index/0', 'index/1', 'index/2']) {
        await keychain.delete(key)
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

    it('is of the kind keychain', async () => {
      expect((await openKeytarVault()).kind).toBe('keychain')
    })

    it('lets audit and ledger writes proceed while the Secret Service hangs', async () => {
      const clock = new FakeClock()
      const vault = await openKeytarVault(clock)
      await vault.set('credential/a', new Secret(markedSecret()))
      const folder = makeTestFolder('audit')
      const audit = new AuditFile(folder, clock)
      const ledger = new LedgerFile(folder, createMemoryVault(clock), clock)
      await ledger.load()
      ring.stop()
      let answered = 0
      const asked = Array.from({ length: 8 }, async () => {
        await vault.get('credential/a').catch(() => null)
        answered += 1
      })
      for (let line = 0; line < 100; line += 1) await audit.record({ event: 'issue' })
      for (let id = 0; id < 10; id += 1) {
        await ledger.append([{ op: 'add', entry: { id: String(id) } }])
      }
      const file = path.join(folder, 'audit.jsonl')
      expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(100)
      expect(ledger.lines).toBe(10)
      // The keychain has made no progress meanwhile: all eight are still waiting.
      expect(answered).toBe(0)
      ring.cont()
      await Promise.all(asked)
      vault.close()
      await audit.close()
      await ledger.close()
    })
  })
})
