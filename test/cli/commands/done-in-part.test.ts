import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EndAnswer, LingeringToken } from '../../../main/loopback/schemas/wire.ts'
import { PlayedEndpoint, type Route } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { NOW, samples } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (line: string) => runCli(endpoint.directories, line.split(' '))

const actions = [
  ['revoke --all', 'POST /v1/leases/end'],
  ['revoke --all --json', 'POST /v1/leases/end'],
  ['revoke l1', 'POST /v1/leases/end'],
  ['logout sftpgo/work', 'POST /v1/accounts/*/logout'],
  ['accounts remove sftpgo/work', 'DELETE /v1/accounts/*'],
  ['rotate sftpgo/work', 'POST /v1/accounts/*/rotate'],
  ['rotate sftpgo/work --json', 'POST /v1/accounts/*/rotate'],
  ['tools remove backup', 'DELETE /v1/clients/*'],
  [
    'tokens revoke-all svix/first --yes --confirm svix/first',
    'POST /v1/accounts/*/tokens/revoke-all',
  ],
] as const satisfies readonly (readonly [string, Route])[]

const lease = { lease_id: 'l1', account: 'sftpgo/work' } as const
const waiting: LingeringToken = {
  ...{ id: 't1', account: 'sftpgo/work', use: 'session', made_at: NOW / 1000 - 7200 },
  ...{ at_service: 'pending', waits_for: 'service', why: 'files.example.com is down.' },
}
const unknown = { not_known: true } as const
const expired = { ...waiting, expired: true as const }

describe.each(actions)('"%s"', (line, route) => {
  test.each<[string, number, EndAnswer]>([
    ['all is revoked', 0, { leases: [{ ...lease, at_service: 'ended' }] }],
    ['others hold the same token', 0, { leases: [{ ...lease, at_service: 'shared' }] }],
    ['a token has expired', 0, { leases: [], lingering: [expired] }],
    ['a token waits', 9, { leases: [{ ...lease, at_service: 'pending', why: 'It is down.' }] }],
    ['it cannot be revoked', 9, { leases: [{ ...lease, at_service: 'until_expiry', why: 'No.' }] }],
    ['one is left from before', 9, { leases: [], lingering: [waiting] }],
    [
      'one is left, and the state of others is unknown',
      9,
      { leases: [], lingering: [waiting], ...unknown },
    ],
  ])('if %s, exits with %i', async (_case, exit, answer) => {
    endpoint.reply(route, answer)
    const run = await cli(line)
    expect(run.exit).toBe(exit)
    expect(run.stderr.includes('Not all tokens were revoked.')).toBe(exit === 9)
  })

  test('if the state is unknown, exits with 9 and says what to do', async () => {
    endpoint.reply(route, { leases: [], ...unknown })
    const { exit, stderr } = await cli(line)
    expect(exit).toBe(9)
    const error_description =
      'Which other tokens are still valid is unknown until the keychain can be read.'
    const hint = 'Run "tokentray status" to see why, then try again.'
    if (line.includes('--json')) {
      expect(JSON.parse(stderr)).toEqual({ error: 'done_in_part', error_description, hint })
    } else expect(stderr).toBe(`tokentray: ${error_description}\n${hint}\n`)
  })
})

test.each([
  ['ended', 0, 'revoked.'],
  ['shared', 0, 'released; others still use the same token.'],
  ['pending', 9, 'waiting to be revoked.'],
] as const)('tools set exits as the tokens of removed accounts end: %s', async (at, exit, said) => {
  const route = 'PATCH /v1/clients/*'
  endpoint.reply(route, { ...samples[route], leases: [{ ...lease, at_service: at }] })
  const run = await cli('tools set backup --accounts koyeb/x')
  expect(run.stdout).toBe(`Changed: backup may use sftpgo/work.\nl1 for sftpgo/work: ${said}\n`)
  expect(run.exit).toBe(exit)
})

test('revoking all without active tokens lists those still valid', async () => {
  endpoint.reply('POST /v1/leases/end', { leases: [], lingering: [waiting] })
  expect(await cli('revoke --all')).toMatchObject({
    exit: 9,
    stdout: 'session token for sftpgo/work: waiting to be revoked: files.example.com is down.\n',
    stderr: expect.stringMatching(/^No active tokens\.\n/),
  })
})
