import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type KeyRing, startKeyRing } from '../helpers/key-ring.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith, linuxProc, secretService } from '../helpers/needs.ts'
import {
  isRunning,
  listeningSockets,
  processesBelow,
  watchProcessList,
} from '../helpers/process-list.ts'
import { eventually, patience } from '../helpers/waiting.ts'
import {
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from '../simulators/giantswarm-simulator.ts'
import { type Installation, install, type Serving } from './real-agent.ts'

/** Far more than a stop may take, and far less than libsecret waits for a hung service. */
const STOP_MS = 20_000

describeWith([secretService, linuxProc], "the keychain's process", () => {
  vi.setConfig({ testTimeout: patience(240_000) })
  let ring: KeyRing
  let installation: Installation
  let clusters: GiantswarmSimulator
  let serving: Serving
  const password = markedSecret('keychain')
  const names = ['one', 'two', 'three', 'four', 'five']

  beforeEach(async () => {
    ring = await startKeyRing()
    clusters = await startGiantswarmSimulator({
      accounts: names.map((name) => ({ email: `${name}@example.com`, password })),
      onToken: registerSecret,
    })
    installation = install(ring.env)
  })

  afterEach(async () => {
    ring.cont()
    await serving.kill()
    await Promise.all([ring.close(), clusters.close()])
  })

  const serve = async () => {
    serving = installation.serve()
    await serving.issuer()
  }
  const newAccount = (name: string) =>
    installation.cli(
      [
        ...['login', 'giantswarm', '--name', name, '--set', `url=${clusters.url}`],
        ...['--set', `email=${name}@example.com`],
      ],
      `${password}\n`,
    )
  const mustLogIn = async (name: string) => {
    const { code, stderr } = await newAccount(name)
    expect(code, stderr).toBe(0)
  }
  /** Clears the memory cache, so that the next token needs the keychain. */
  const coolDown = async () => {
    await installation.mustDo(['lock'])
    await installation.mustDo(['unlock'])
    await installation.mustDo(['revoke', '--all'])
  }
  const coldToken = async (name: string) => {
    await coolDown()
    return installation.cli(['token', `giantswarm/${name}`])
  }
  const keychainPid = () => {
    const found = processesBelow(serving.pid).find(({ command }) => /keychain/.test(command))
    if (!found) throw new Error('There is no such process.')
    return found.pid
  }
  const vaultState = async () => {
    const { code, stdout, stderr } = await installation.cli(['status', '--json'])
    return code === 0 ? (JSON.parse(stdout).vault.state as string) : stderr
  }
  const stopsInTime = () =>
    Promise.race([serving.stop(), wait(patience(STOP_MS)).then(() => 'it was still there')])

  it('keeps handing out tokens and adding accounts through restarts, kills and hangs of the Secret Service', async () => {
    await serve()
    await mustLogIn('one')
    const troubles: readonly (() => Promise<unknown>)[] = [
      () => ring.restart(),
      async () => {
        await ring.end()
        expect((await coldToken('one')).code).toBe(7)
        await ring.restart()
      },
      async () => {
        ring.stop()
        expect((await coldToken('one')).code).toBe(7)
        ring.cont()
      },
      async () => {
        process.kill(keychainPid(), 'SIGKILL')
      },
    ]
    for (const [index, trouble] of troubles.entries()) {
      const name = names[index + 1] ?? ''
      const [added] = await Promise.all([newAccount(name), trouble()])
      // Either done, or refused because of the keychain; after a refusal possible again without a restart.
      expect([0, 7], added.stderr).toContain(added.code)
      if (added.code !== 0) {
        await eventually(async () => (await newAccount(name)).code, 30_000, 200).toBe(0)
      }
      await eventually(async () => (await coldToken('one')).code, 30_000, 200).toBe(0)
      expect((await coldToken(name)).code).toBe(0)
    }
    expect(await vaultState()).toBe('ready')
    await serving.stop()

    // None of it was only in memory.
    await serve()
    for (const name of names) {
      expect((await installation.cli(['token', `giantswarm/${name}`])).code, name).toBe(0)
    }
  })

  it('does not block a stop while the keychain hangs during the start', async () => {
    ring.stop()
    await serve()
    expect(await stopsInTime()).toBe(0)
  })

  it('does not block a stop while a login waits for it, and tokens are revoked anyway', async () => {
    await serve()
    await mustLogIn('one')
    await installation.mustDo(['token', 'giantswarm/one'])
    expect(clusters.aliveTokens()).toHaveLength(1)
    ring.stop()
    const login = newAccount('two')
    await eventually(() => clusters.answeredLogins.length, 30_000, 200).toBeGreaterThan(2)
    expect(await stopsInTime()).toBe(0)
    expect((await login).code).not.toBe(0)
    expect(clusters.aliveTokens()).toEqual([])
  })

  it('exits with an agent that is killed, even while a call hangs', async () => {
    await serve()
    await mustLogIn('one')
    await coolDown()
    ring.stop()
    const refused = installation.cli(['token', 'giantswarm/one']).catch(() => undefined)
    // Sent after the token request, so once it is answered that request has reached the keychain.
    await eventually(vaultState, 30_000, 200).toBe('vault_unavailable')
    const pid = keychainPid()
    expect(isRunning(pid)).toBe(true)
    await serving.kill()
    // Not scaled for slow machines: later it might exit only because the library gave up the call.
    for (let waited = 0; isRunning(pid) && waited < STOP_MS; waited += 200) await wait(200)
    expect(isRunning(pid)).toBe(false)
    await refused
  })

  it('ignores the signals that a terminal sends to its whole group, and opens no debugger', async () => {
    await serve()
    await mustLogIn('one')
    const pid = keychainPid()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) {
      process.kill(pid, signal)
    }
    expect((await coldToken('one')).code).toBe(0)
    expect(keychainPid()).toBe(pid)
    expect(listeningSockets(pid)).toEqual([])
  })

  it('receives secrets only over its channel, and has no stream that could leak one', async () => {
    const endWatch = watchProcessList()
    await serve()
    await mustLogIn('one')
    expect((await coldToken('one')).code).toBe(0)
    const pid = keychainPid()
    const seen = endWatch().join('\n')
    expect(seen).toMatch(/keychain-process/)
    expect(seen).not.toContain(password)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(password)
    for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${pid}/fd/${fd}`)).toBe('/dev/null')
  })

  it('reports the current state of the keychain to status, not that of its last use', async () => {
    await serve()
    await mustLogIn('one')
    const becomes = (state: string) => eventually(vaultState, 30_000, 200).toBe(state)
    await becomes('ready')
    ring.lock()
    await becomes('vault_locked')
    await ring.unlock()
    await becomes('ready')
    ring.stop()
    await becomes('vault_unavailable')
    ring.cont()
    await becomes('ready')
    await ring.end()
    await becomes('vault_unavailable')
    await ring.restart()
    await becomes('ready')
  })
})
