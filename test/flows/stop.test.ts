import { afterEach, beforeEach, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { install } from './real-agent.ts'

describeWith([linuxProc], '"tokentray stop"', () => {
  let files: SftpgoSimulator
  const password = markedSecret('stop')
  beforeEach(async () => {
    files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
  })
  afterEach(() => files.close())

  it('stops the agent in order, which revokes the tokens first', async () => {
    const installation = install()
    const agent = installation.serve(['--memory'])
    await agent.says(/^passwords: in memory$/)
    const values = ['--set', `url=${files.url}`, '--set', 'username=alice']
    await installation.mustDo(['login', 'sftpgo', '--name', 'work', ...values], `${password}\n`)
    const token = JSON.parse(await installation.mustDo(['token', 'work', '--json']))
    registerSecret(token.access_token)
    const end = Date.parse(token.expires_at) / 1000 - Date.now() / 1000
    expect(end).toBeLessThanOrEqual(token.expires_in)
    expect(files.aliveTokens()).toHaveLength(1)

    expect(await installation.mustDo(['stop'])).toBe(`Stopped: process ${agent.pid}\n`)
    expect(files.aliveTokens()).toEqual([])
    expect(await agent.exited).toBe(0)
    expect((await installation.cli(['stop'])).code).toBe(3)
  })
})
