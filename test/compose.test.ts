import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AuditFile } from '../main/audit/writing/audit-file.ts'
import { systemClock } from '../main/base/clock.ts'
import { forgetLogins } from '../main/compose.ts'
import { makeBroker } from './helpers/make-broker.ts'
import { makeDirectories, settingsIn, startInMemory } from './helpers/start-in-memory.ts'

describe('an account that was kept in memory only', () => {
  it('says that its password went with the run before, and asks for no code alone', async () => {
    const { settings, service, signIn } = await makeBroker()
    service.code = '123456'
    await signIn('work', 0, '123456')
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([
      {
        state: 'login_required',
        loginRequiredBecause: {
          sentence: 'Its password was kept in memory only, and went when Tokentray stopped.',
          at: 5,
        },
        needsCode: false,
      },
    ])
  })

  it('stays logged out where it was', async () => {
    const { broker, settings, signIn } = await makeBroker()
    await broker.signing.logout(await signIn())
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([{ state: 'signed_out' }])
  })
})

describe('a start', () => {
  it('records what the last run was killed before it could, and nothing twice', async () => {
    const directories = makeDirectories()
    const added = { event: 'client_added', route: 'v1', at: 1_000 }
    const [written, unwritten] = [
      { ...added, client: 'kept' },
      { ...added, client: 'new' },
    ]
    const settings = settingsIn(directories)
    settings.update((before) => ({
      ...before,
      unrecorded: [
        { id: 'a', ...written },
        { id: 'b', ...unwritten },
      ],
    }))
    settings.close()
    const audit = new AuditFile(directories.data, systemClock)
    await audit.record(written)
    await audit.close()

    const tokentray = await startInMemory(directories)
    await tokentray.stop(1_000)
    const lines = readFileSync(path.join(directories.data, 'audit.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { seq: 1, client: 'kept', time: '1970-01-01T00:00:01.000Z' },
      { seq: 2, client: 'new', time: '1970-01-01T00:00:01.000Z' },
    ])
    expect(settingsIn(directories).read().unrecorded).toBeUndefined()
  })

  it('says that a record that could not be read was kept', async () => {
    const directories = makeDirectories()
    const file = path.join(directories.data, 'audit.jsonl')
    writeFileSync(file, '{"seq":1,"time":"2026-01-01T00:00:00.000Z","event":"lock"}\rmore\r')
    const tokentray = await startInMemory(directories)
    await tokentray.stop(1_000)
    expect(tokentray.notices).toEqual([expect.stringContaining(`${file}.unreadable-`)])
  })
})
