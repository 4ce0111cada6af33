import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { findDirectories } from '../../main/base/files/directories.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeOutput, FakeTerminal, runCli } from '../cli/run-cli.ts'
import { startRun } from '../flows/broker-run.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'

const root = path.resolve(import.meta.dirname, '../..')
const page = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8')

/** The files that the page lists under this heading, in their order. */
function listed(heading: string): string[] {
  const [, text = ''] = page.split(`\n### ${heading}\n`)
  const [list = ''] = text.trimStart().split('\n\n')
  return [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = '']) => `main/${file}`)
}

/** The files of the project in which a function was called meanwhile, by V8's own count. */
async function filesOf(work: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    await work()
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const called = result.filter(({ functions }) =>
      functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)),
    )
    return new Set(called.map(({ url }) => path.relative(root, url.replace(/^file:\/\//, ''))))
  } finally {
    session.disconnect()
  }
}

it('ARCHITECTURE names the files that a token, a revocation and a login go through', async () => {
  const clock = new FakeClock()
  const password = markedSecret('password')
  const service = await startSftpgoSimulator({ accounts: [{ username: 'alice', password }] })
  const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('papers') })
  const run = await startRun({
    ...{ clock, directories, settings: createMemorySettings(), vault: createMemoryVault(clock) },
    ...{ events: [], logged: [] },
  })
  const values = ['--set', `url=${service.url}`, '--set', 'username=alice']
  const logIn = async () => {
    const [stdin, stderr] = [new FakeTerminal(), new FakeOutput(true)]
    const args = ['login', 'sftpgo', '--name', 'it', ...values]
    const ended = runCli(directories, args, { stdin, stderr })
    await stderr.shows('Password: ')
    stdin.write(`${password}\r`)
    expect((await ended).exit).toBe(0)
  }
  const login = await filesOf(logIn)

  await run.cli('accounts', 'set', 'sftpgo/it', '--sharing', 'separate')
  const { client, secret } = run.broker.clients.add('tool', {
    accountUids: [run.broker.accounts.all()[0]?.uid ?? ''],
  })
  const { issuer } = JSON.parse(readFileSync(path.join(directories.run, 'endpoint.json'), 'utf8'))
  const authorization = `Basic ${Buffer.from(`${client.id}:${secret.reveal()}`).toString('base64')}`
  const token = await filesOf(async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const answer = await fetch(`${issuer}/oauth/token`, {
      ...{ method: 'POST', body, headers: { authorization } },
    })
    expect(answer.status).toBe(200)
    await answer.arrayBuffer()
  })
  const [lease] = run.broker.leases.list()
  const revocation = await filesOf(() => run.cli('revoke', lease?.id ?? ''))
  expect(service.aliveTokens()).toEqual([])

  const flows = { 'A token': token, 'A revocation': revocation, 'A login': login }
  for (const [heading, files] of Object.entries(flows)) {
    const names = listed(heading)
    expect([heading, names.length > 0 && names.length <= 12]).toEqual([heading, true])
    expect([heading, names.filter((name) => !files.has(name))]).toEqual([heading, []])
  }
  await run.quit()
  await service.close()
})
