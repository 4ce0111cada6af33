import { statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { type Installation, install, type Serving } from './real-agent.ts'

const password = markedSecret('moved')
let files: SftpgoSimulator
let agents: Serving[]
beforeEach(async () => {
  agents = []
  files = await startSftpgoSimulator({
    accounts: [{ username: 'alice', password }],
    onToken: registerSecret,
  })
})
afterEach(async () => {
  for (const agent of agents) await agent.stop()
  await files.close()
})

async function start(): Promise<Installation> {
  const installation = install()
  const agent = installation.serve(['--memory'])
  agents.push(agent)
  await agent.issuer()
  return installation
}

it('moves accounts, tools and settings to another home, without a secret; a login completes it', async () => {
  const old = await start()
  await old.mustDo(
    ['login', 'sftpgo', '--name', 'home', '--set', `url=${files.url}`, '--set', 'username=alice'],
    `${password}\n`,
  )
  const added = await old.mustDo(['tools', 'add', 'backup', '--accounts', 'sftpgo/home'])
  const secret = /client_secret: (\S+)/.exec(added)?.[1] ?? ''
  registerSecret(secret)
  registerSecret((await old.mustDo(['token', 'sftpgo/home'])).trim())
  await old.mustDo(['accounts', 'set', 'sftpgo/home', '--lifetime', '600'])
  const file = path.join(old.home, 'tokentray.json')

  expect(await old.mustDo(['export', file])).toContain('1 account, 1 tool and settings')

  // Secrets are looked for in every file of the home once the test has ended.
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const fresh = await start()
  expect(await fresh.mustDo(['import', file])).toBe(
    'Added: sftpgo/home, logged out. Log in with: tokentray login sftpgo/home\n' +
      'Added: backup, without a secret. Get one with: tokentray tools new-secret backup\n',
  )
  expect(await fresh.mustDo(['accounts'])).toMatch(/sftpgo\/home .*logged out.*alice at/)
  expect(await fresh.cli(['token', 'sftpgo/home'])).toMatchObject({ code: 6, stdout: '' })

  await fresh.mustDo(['login', 'sftpgo/home'], `${password}\n`)

  const token = (await fresh.mustDo(['token', 'sftpgo/home'])).trim()
  registerSecret(token)
  expect(files.aliveTokens()).toContain(token)
  expect(await fresh.mustDo(['accounts'])).toMatch(/sftpgo\/home .*logged in.*10 min/)
  expect(await fresh.mustDo(['tools'])).toMatch(/backup .*sftpgo\/home/)
  expect(await fresh.mustDo(['import', file])).toBe(
    'Already there: sftpgo/home\nAlready there: backup\n',
  )
  expect(await fresh.mustDo(['activity', '--search', 'imported'])).toContain(
    'you, on the command line',
  )
})
