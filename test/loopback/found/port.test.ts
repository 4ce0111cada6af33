import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDirectories } from '../../../main/base/files/directories.ts'
import { denyAll } from '../../../main/broker/ports.ts'
import { startTokentray } from '../../../main/compose.ts'
import { findEndpoint, ownerKeyFile } from '../../../main/loopback/found/discovery.ts'
import { watchPort } from '../../../main/loopback/found/kept-port.ts'
import { portOf } from '../../../main/loopback/http/listening.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../../main/settings/schema.ts'
import type { SettingsStore } from '../../../main/settings/settings.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder, registerSecret } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The whole program with persistent settings, as in consecutive starts. */
function makeStart(settings: SettingsStore) {
  const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('port') })
  const start = () =>
    startTokentray({
      directories,
      openSettings: () => settings,
      memory: true,
      startKeychain: () => {
        throw new Error('There is none in memory.')
      },
      consent: denyAll,
      notify: { loginRequired: () => {}, hostSilent: () => {} },
      lockWaitMs: 0,
      log: silent,
      commandLine: [],
    })
  return { directories, start }
}

describe('the port', () => {
  const occupant = createServer()
  beforeAll(async () => {
    occupant.listen(0, '127.0.0.1')
    await once(occupant, 'listening')
  })
  afterAll(() => void occupant.close())

  it('is chosen once, outside the ephemeral ports', async () => {
    const settings = createMemorySettings()
    const { start } = makeStart(settings)
    const first = await start()
    const port = Number(new URL(first.issuer).port)
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_768)
    await first.stop(1_000)
    const second = await start()
    expect([second.issuer, second.portTrouble()]).toEqual([first.issuer, null])
    await second.stop(1_000)
  })

  it('is kept while another program has it: that run uses another port, and every status says so', async () => {
    const taken = portOf(occupant)
    const settings = createMemorySettings({ ...defaultSettings, port: taken })
    const { directories, start } = makeStart(settings)

    const first = await start()
    const port = Number(new URL(first.issuer).port)
    expect(port).not.toBe(taken)
    expect(settings.read().port).toBe(taken)
    expect(findEndpoint(directories)?.issuer).toBe(first.issuer)
    const trouble = {
      port: taken,
      message: expect.stringMatching(
        new RegExp(`^Port ${taken} is taken by another program: .* send their secrets there\\.$`),
      ),
      hint: expect.stringMatching(
        new RegExp(
          `"tokentray tools remove", then add it again\\. Tokentray listens on port ${port}`,
        ),
      ),
    }
    expect(first.portTrouble()).toEqual(trouble)
    const key = readFileSync(ownerKeyFile(directories), 'utf8').trim()
    registerSecret(key)
    const answer = await fetch(`${first.issuer}/v1/status`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(await answer.json()).toMatchObject({ issuer: first.issuer, port_taken: trouble })
    await first.stop(1_000)
    // The folder of the socket stays: a container may have it.
    expect(readdirSync(directories.run, { recursive: true })).toEqual(['tools'])

    occupant.close()
    await once(occupant, 'close')
    const second = await start()
    expect([second.issuer, second.portTrouble()]).toEqual([`http://127.0.0.1:${taken}`, null])
    await second.stop(1_000)
  })
})

describeWith([linuxProc], 'the message about a port that another program has', () => {
  const clock = new FakeClock()
  const me = process.getuid?.() ?? -1

  it('says whose program has it, and when it has exited', async () => {
    let owner: number | null = me
    const trouble = watchPort({ port: 4711, actual: 4712, clock }, () => owner)
    expect(trouble().message).toContain('is taken by another program:')
    owner = me + 1
    await clock.advance(5_000)
    expect(trouble().message).toContain('is taken by a program of another user:')
    owner = null
    await clock.advance(5_000)
    expect(trouble().message).toContain('no program listens there now')
    expect(trouble().message).not.toContain('secrets')
  })
})
