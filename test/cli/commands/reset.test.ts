import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LingeringToken } from '../../../main/loopback/schemas/wire.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { NOW } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (...args: string[]) => runCli(endpoint.directories, args)

const waiting: LingeringToken = {
  ...{ id: 't1', account: 'sftpgo/work', use: 'session', made_at: NOW / 1000 - 7200 },
  ...{ at_service: 'pending', waits_for: 'service', why: 'files.example.com is down.' },
  ...{ retry_at: NOW / 1000 + 4, ends_at: NOW / 1000 + 900 },
}

describe('a completed reset', () => {
  test('prints the state of each token that could not be revoked', async () => {
    const valid = {
      ...waiting,
      use: 'lease',
      client: 'backup',
      at_service: 'until_expiry',
    } as const
    const { retry_at: _, waits_for: __, ...rest } = { ...valid, why: 'Svix cannot revoke it.' }
    endpoint.reply('GET /v1/leases', { leases: [], lingering: [waiting, rest] })
    expect(await cli('reset', '--yes')).toEqual({
      exit: 9,
      stdout:
        'Tokentray was reset.\n' +
        'session token for sftpgo/work: waiting to be revoked: files.example.com is down. Retrying in 4 s.\n' +
        'token of backup for sftpgo/work: valid until it expires in 15 min: Svix cannot revoke it.\n',
      stderr:
        'tokentray: Not all tokens were revoked.\n' +
        'Run "tokentray active --all" to see what is still valid, and why.\n',
    })
    expect(endpoint.bodies('POST /v1/reset')).toEqual([{ confirm: 'reset' }])
  })

  test('succeeds even if Tokentray stops before it is asked for those', async () => {
    endpoint.refuse('GET /v1/leases', 'server_error')
    expect(await cli('reset', '--yes')).toEqual({
      exit: 0,
      stdout: 'Tokentray was reset.\n',
      stderr: 'To see whether tokens are still valid: tokentray active --all\n',
    })
  })
})
