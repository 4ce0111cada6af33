import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../main/base/clock.ts'
import { Secret } from '../../main/base/secret.ts'
import { forkKeychain } from '../../main/vault/keychain/forked-keychain.ts'
import { createKeytarVault, type KeytarVault } from '../../main/vault/keytar-vault.ts'
import { type Display, startDisplay } from '../helpers/desktop-display.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { buildKeychainProcess } from '../helpers/keychain-process.ts'
import { markedSecret } from '../helpers/marks.ts'
import { type Component, describeWith, secretService, xServer } from '../helpers/needs.ts'

const PROMPTER = '/usr/libexec/gcr-prompter'
const PATIENCE = { timeout: 30_000, interval: 100 }
const prompter: Component = {
  name: "GNOME's prompter",
  install: 'apt install gcr',
  isThere: () => existsSync(PROMPTER),
}

describeWith([secretService, xServer, prompter], 'the vault over a keyring that prompts', () => {
  let ring: KeyRing
  let display: Display
  let asking: ChildProcess
  let vault: KeytarVault
  let started = 0
  const secret = markedSecret()
  const read = async () => (await vault.get('credential/a'))?.reveal() ?? null

  beforeAll(async () => {
    display = await startDisplay()
    ring = await startKeyRing()
    useInThisProcess(ring)
  })
  beforeEach(async () => {
    started = 0
    const start = forkKeychain(await buildKeychainProcess())
    vault = createKeytarVault(systemClock, () => {
      started += 1
      return start()
    })
    await vault.set('credential/a', new Secret(secret))
    // It exits by itself after a few seconds without use.
    asking = spawn(PROMPTER, [], {
      env: { ...process.env, DISPLAY: display.name },
      stdio: 'ignore',
    })
    await expect.poll(() => ring.has('org.gnome.keyring.SystemPrompter'), PATIENCE).toBe(true)
    ring.lock()
  })
  afterEach(async () => {
    vault.close()
    asking.kill('SIGKILL')
    await ring.unlock()
  })
  afterAll(async () => {
    await ring.close()
    await display.close()
  })

  it('leaves the prompt open, reports it to every caller, and continues once the keyring is unlocked', async () => {
    const prompted = { code: 'vault_locked', message: expect.stringContaining('prompt') }
    await expect(vault.get('credential/a')).rejects.toMatchObject(prompted)
    await expect(vault.get('credential/a')).rejects.toMatchObject(prompted)
    await expect(vault.set('credential/b', new Secret(markedSecret()))).rejects.toMatchObject(
      prompted,
    )
    expect(await vault.look()).toBe('locked')
    expect(started).toBe(1)
    await ring.unlock()
    await expect.poll(() => read().catch(() => null), PATIENCE).toBe(secret)
  })

  it('treats a prompt that closed unanswered as declined', async () => {
    await expect(vault.get('credential/a')).rejects.toMatchObject({ code: 'vault_locked' })
    asking.kill('SIGKILL')
    await expect
      .poll(() => vault.get('credential/a').catch(({ message }) => message), PATIENCE)
      .toBe('The keychain is locked.')
    expect(started).toBe(1)
  })

  it('can be looked at without a prompt', async () => {
    expect(await vault.look()).toBe('locked')
    await ring.unlock()
    expect(await vault.look()).toBe('open')
    expect(await read()).toBe(secret)
  })
})
