import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TRY_NOW_COMMAND } from '../../../main/broker/service/hosts.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account, NOW, status } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (line: string, stdin?: string) =>
  runCli(endpoint.directories, line.split(' '), stdin === undefined ? {} : { stdin })

const CHECK = 'POST /v1/accounts/check'
const message = 'files.example.com has blocked us. Tokentray leaves it alone until about 15:31.'
const silent_host = { host: 'files.example.com', until: NOW / 1000 + 900, message }
const refusal = {
  error_description: message,
  hint: `Trying sooner may make it longer. ${TRY_NOW_COMMAND}`,
}

describe('a service to which requests are paused', () => {
  test('is shown by status', async () => {
    endpoint.reply('GET /v1/status', { ...status, silent_hosts: [silent_host] })
    expect((await cli('status')).stdout).toContain(`\npaused:         ${message}\n`)
  })

  test('is shown with its account', async () => {
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, silent_host }] })
    expect((await cli('accounts show sftpgo/work')).stdout).toContain(
      `\npaused:         ${message}\n`,
    )
  })

  test.each(['token', 'header', 'rotate'])(
    'names the command that tries once, for %s',
    async (command) => {
      const route = command === 'rotate' ? 'POST /v1/accounts/*/rotate' : 'POST /v1/tokens'
      endpoint.refuse(route, 'rate_limited', refusal)
      const { exit, stderr } = await cli(`${command} sftpgo/work`)
      expect(exit).toBe(8)
      expect(stderr).toContain(message)
      expect(stderr).toContain('"tokentray token sftpgo/work --try-now" tries once now.')
    },
  )

  test.each([
    ['sftpgo/work', ''],
    ['sftpgo', ' --set url=https://files.example.com --set username=alice'],
  ])(
    'is reported by a login to %s before a password is read, with the command that tries once',
    async (target, more) => {
      endpoint.refuse(CHECK, 'rate_limited', refusal)
      const { exit, stderr } = await cli(`login ${target}${more}`, `${markedSecret('password')}\n`)
      expect(exit).toBe(8)
      expect(stderr).toContain(message)
      expect(stderr).toContain(`"tokentray login ${target} --try-now" tries once now.`)
      expect(endpoint.bodies('POST /v1/accounts')).toEqual([])
      expect(endpoint.bodies('POST /v1/accounts/*/login')).toEqual([])
    },
  )
})

describe('--try-now', () => {
  test.each(['token', 'header'])('is passed on by %s', async (command) => {
    await cli(`${command} sftpgo/work --try-now`)
    await cli(`${command} sftpgo/work`)
    expect(endpoint.bodies('POST /v1/tokens')).toEqual([
      { account: 'sftpgo/work', try_now: true },
      { account: 'sftpgo/work' },
    ])
  })

  test('is passed on by a login to an account, and by its check', async () => {
    const stdin = `${markedSecret('password')}\n`
    await cli('login sftpgo/work --try-now', stdin)
    await cli('login sftpgo/work', stdin)
    const [tried, usual] = endpoint.bodies('POST /v1/accounts/*/login')
    expect(tried).toHaveProperty('try_now', true)
    expect(usual).not.toHaveProperty('try_now')
    const [checkTried, checkUsual] = endpoint.bodies(CHECK)
    expect(checkTried).toHaveProperty('try_now', true)
    expect(checkUsual).not.toHaveProperty('try_now')
  })

  test('is passed on by a login to a service, and by its check', async () => {
    const settings = '--set url=https://files.example.com --set username=alice'
    await cli(`login sftpgo ${settings} --try-now`, `${markedSecret('password')}\n`)
    expect(endpoint.bodies('POST /v1/accounts')).toMatchObject([{ try_now: true }])
    expect(endpoint.bodies(CHECK)).toMatchObject([{ try_now: true }])
  })

  test('is not suggested again after it failed, and the hint ends with when to try again', async () => {
    const hint = 'Trying sooner may make it longer.'
    endpoint.refuse('POST /v1/tokens', 'rate_limited', { ...refusal, hint, retry_after: 2_760 })
    const { stderr } = await cli('token sftpgo/work --try-now')
    expect(stderr).not.toContain('--try-now')
    expect(stderr).toMatch(/may make it longer\. Try again in \d+ (s|min|h|days)\.\n$/)
  })
})
