import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AuditFile } from '../main/audit/writing/audit-file.ts'
import { systemClock } from '../main/base/clock.ts'
import { trayClient } from '../main/broker/clients.ts'
import { forgetLogins } from '../main/compose.ts'
import { logInTo } from './helpers/log-in-to.ts'
import { makeBroker } from './helpers/make-broker.ts'
import { markedSecret, registerSecret } from './helpers/marks.ts'
import { openRaw } from './helpers/raw-http.ts'
import { makeDirectories, settingsIn, startInMemory } from './helpers/start-in-memory.ts'
import { startGiantswarmSimulator } from './simulators/giantswarm-simulator.ts'

describe('an account that was kept in memory only', () => {
  it('says that its password was lost with the last run, and does not ask for the code alone', async () => {
    const { settings, service, newAccount } = await makeBroker()
    service.code = '123456'
    await newAccount('work', 0, '123456')
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([
      {
        state: 'login_required',
        loginRequiredBecause: {
          sentence: 'Its password was only kept in memory until Tokentray stopped.',
          at: 5,
        },
        needsCode: false,
      },
    ])
  })

  it('stays logged out if it was', async () => {
    const { broker, settings, newAccount } = await makeBroker()
    await broker.logins.logout(await newAccount())
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([{ state: 'signed_out' }])
  })
})

describe('a start', () => {
  it('records the events that the last run was killed before recording, and none twice', async () => {
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

  it('reports that an unreadable audit log was kept', async () => {
    const directories = makeDirectories()
    const file = path.join(directories.data, 'audit.jsonl')
    writeFileSync(file, '{"seq":1,"time":"2026-01-01T00:00:00.000Z","event":"lock"}\rmore\r')
    const tokentray = await startInMemory(directories)
    await tokentray.stop(1_000)
    expect(tokentray.notices).toEqual([expect.stringContaining(`${file}.unreadable-`)])
  })
})

describe('a stop', () => {
  it('has time to revoke all tokens when a response never completes', async () => {
    const [email, password] = ['bob@example.com', markedSecret('password')]
    const clusters = await startGiantswarmSimulator({
      accounts: [{ email, password }],
      onToken: registerSecret,
    })
    const tokentray = await startInMemory(makeDirectories())
    const { broker, issuer } = tokentray
    const values = { url: clusters.url, email }
    const account = await logInTo(broker, {
      ...{ provider: 'giantswarm', values, secrets: { password } },
    })
    await broker.issue({ client: trayClient, account, route: 'tray' })
    const { host, port } = new URL(issuer)
    const asking = await openRaw(Number(port))
    const head = ['POST /oauth/token HTTP/1.1', `Host: ${host}`, 'Expect: 100-continue']
    const form = 'Content-Type: application/x-www-form-urlencoded'
    asking.send([...head, form, 'Content-Length: 29', '', ''].join('\r\n'))
    await asking.answers(1)

    const answer = clusters.gate.hold()
    const stopping = tokentray.stop(6_000)
    await Promise.race([clusters.gate.held(1), stopping])
    // No service responds instantly.
    await wait(100)
    answer()
    expect(await stopping).toEqual({ pending: 0, untilExpiry: 0 })
    await asking.closed()
    await clusters.close()
  })
})
