import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlayedEndpoint, type Route } from '../endpoint.ts'
import { FakeOutput, runCli } from '../run-cli.ts'
import { account, status } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const actions = [
  ['logout sftpgo/work', 'POST /v1/accounts/*/logout', 'logout'],
  ['accounts remove sftpgo/work', 'DELETE /v1/accounts/*', 'removal'],
  ['rotate sftpgo/work', 'POST /v1/accounts/*/rotate', 'rotation'],
  ['revoke --all', 'POST /v1/leases/end', 'revocation'],
  ['revoke --account sftpgo/work', 'POST /v1/leases/end', 'revocation'],
  ['tools remove backup', 'DELETE /v1/clients/*', 'revocation'],
  ['tools set backup --accounts sftpgo/work', 'PATCH /v1/clients/*', 'revocation'],
] as const satisfies readonly (readonly [string, Route, string])[]

const GOES_ON =
  'tokentray: Tokentray continues in the background.\nTo see its progress: tokentray status\n'

describe.each([...actions, ['reset --yes', 'POST /v1/reset', 'removal'] as const])(
  '"%s"',
  (line, route, deed) => {
    test('says what it waits for', async () => {
      const release = endpoint.hold(route)
      const one = { deed, account: 'sftpgo/work', waits_for: 'files.example.com' }
      endpoint.reply('GET /v1/status', { ...status, under_way: [one] })
      const stderr = new FakeOutput(true)
      const run = runCli(endpoint.directories, line.split(' '), { stderr })
      await stderr.shows('Waiting for files.example.com…\n')
      release()
      await run
      expect(stderr.text.split('Waiting for').length).toBe(2)
    })

    test('says on Ctrl-C that Tokentray continues, and exits', async () => {
      const release = endpoint.hold(route)
      const keys = new EventEmitter()
      const run = runCli(endpoint.directories, line.split(' '), { keys })
      await endpoint.asked(route)
      expect(keys.emit('SIGINT')).toBe(true)
      expect(await run).toEqual({ exit: 130, stdout: '', stderr: GOES_ON })
      expect(keys.listenerCount('SIGINT')).toBe(0)
      release()
    })
  },
)

test('the progress of another account is not reported', async () => {
  const release = endpoint.hold('POST /v1/accounts/*/logout')
  const other = { deed: 'logout', account: 'svix/demo', waits_for: 'api.svix.com' }
  const own = { deed: 'logout', account: 'sftpgo/work', waits_for: 'files.example.com' }
  endpoint.reply('GET /v1/status', { ...status, under_way: [other, own] })
  const stderr = new FakeOutput(true)
  const run = runCli(endpoint.directories, ['logout', 'sftpgo/work'], { stderr })
  await stderr.shows('Waiting for files.example.com…\n')
  expect(stderr.text).not.toContain('svix')
  release()
  await run
})

test('"status" shows the actions in progress, how far they are and what they wait for', async () => {
  const under_way = [
    { deed: 'removal', account: 'sftpgo/work', waits_for: 'files.example.com' },
    { deed: 'logout', account: 'svix/demo' },
    { deed: 'revocation', waits_for: 'the keychain' },
  ]
  endpoint.reply('GET /v1/status', { ...status, resetting: { done: 36, total: 200 }, under_way })
  const { stdout } = await runCli(endpoint.directories, ['status'])
  expect(stdout.split('\n').filter((line) => line.startsWith('in progress: '))).toEqual([
    'in progress:    reset, account 37 of 200',
    'in progress:    removing sftpgo/work, waiting for files.example.com',
    'in progress:    logging out svix/demo',
    'in progress:    revoking tokens of several accounts, waiting for the keychain',
  ])
})

test.each([
  ['removal', 'being removed'],
  ['logout', 'being logged out'],
  ['rotation', 'logged in, tokens being replaced'],
])('"accounts" shows that a %s is in progress', async (under_way, words) => {
  endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, under_way }] })
  const { stdout } = await runCli(endpoint.directories, ['accounts'])
  expect(stdout).toMatch(new RegExp(`^sftpgo/work +${words}  `, 'm'))
})
