import { afterEach, beforeEach, expect, it } from 'vitest'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const rename = (name: string) =>
  runCli(endpoint.directories, ['accounts', 'rename', account.id, name])

it('a rename to the current name says so', async () => {
  endpoint.reply('PATCH /v1/accounts/*', account)
  expect(await rename('work')).toEqual({
    ...{ exit: 0, stdout: 'Already named sftpgo/work.\n', stderr: '' },
  })
})

it('a rename says which tools used the name for another account', async () => {
  const taken_from = [{ client: 'backup', account: 'sftpgo/files' }]
  endpoint.reply('PATCH /v1/accounts/*', { ...account, id: 'sftpgo/home', taken_from })
  expect(await rename('home')).toEqual({
    exit: 0,
    stdout: 'Renamed: sftpgo/work is now sftpgo/home\n',
    stderr:
      'backup used the name sftpgo/home for sftpgo/files. It must use sftpgo/files from now on.\n',
  })
})
