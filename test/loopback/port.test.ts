import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDirectories } from '../../main/base/directories.ts'
import { denyAll } from '../../main/broker/ports.ts'
import { startTokentray } from '../../main/compose.ts'
import { findEndpoint } from '../../main/loopback/discovery.ts'
import { portOf } from '../../main/loopback/listening.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../main/settings/schema.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { makeTestFolder } from '../helpers/marks.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The whole program over settings that last, as one start after the other sees them. */
function makeStart(settings: SettingsStore) {
  const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('port') })
  const start = () =>
    startTokentray({
      directories,
      openSettings: () => settings,
      memory: true,
      consent: denyAll,
      notify: { loginRequired: () => {} },
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

  it('is another when the kept one is taken; the person is told, and that one is kept', async () => {
    const taken = portOf(occupant)
    const settings = createMemorySettings({ ...defaultSettings, port: taken })
    const { directories, start } = makeStart(settings)

    const first = await start()
    const port = Number(new URL(first.issuer).port)

    expect(port).not.toBe(taken)
    expect(first.notices).toEqual([`Port ${taken} is taken; Tokentray now listens on ${port}.`])
    expect(settings.read().port).toBe(port)
    expect(findEndpoint(directories)?.issuer).toBe(first.issuer)
    await first.stop(1_000)
    expect(readdirSync(directories.run)).toEqual([])

    const second = await start()
    expect({ issuer: second.issuer, notices: second.notices }).toEqual({
      issuer: first.issuer,
      notices: [],
    })
    await second.stop(1_000)
  })
})
