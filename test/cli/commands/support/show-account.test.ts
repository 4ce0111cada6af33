import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../../helpers/marks.ts'
import { PlayedEndpoint } from '../../endpoint.ts'
import { runCli } from '../../run-cli.ts'
import { account, svixAccount } from '../../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  endpoint.reply('GET /v1/accounts', { accounts: [account, svixAccount] })
})
afterEach(() => endpoint.close())

const cli = (line: string) => runCli(endpoint.directories, line.split(' '))

/** The lines behind the empty one, without what they are for. */
async function commands(): Promise<string[]> {
  const { stdout } = await cli('accounts show svix/first')
  const lines = stdout.split('\n\n').at(-1)?.trim().split('\n').slice(1) ?? []
  return lines.map((line) => line.split(/ {2,}/)[0] ?? '')
}

describe('accounts show', () => {
  test('tells all facts of one account', async () => {
    const { stdout, exit } = await cli('accounts show svix/first')
    expect(exit).toBe(0)
    expect(stdout.split('\n\n')[0]?.split('\n')).toEqual([
      'account:        svix/first',
      'label:          app_1 at api.example.com',
      'provider:       svix',
      'state:          logged in',
      'active tokens:  2',
      'sharing:        separate',
      'lifetime:       15 min',
      'session:        ends in 12 min',
      'note:           Tokens may live on.',
    ])
  })

  test('tells how the user sees it', async () => {
    endpoint.clear('GET /v1/accounts')
    const looks = { display_name: 'Größe Kunde', color: 'red', pinned: true }
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...svixAccount, ...looks }] })
    const { stdout } = await cli('accounts show svix/first')
    for (const line of [
      'display name:   Größe Kunde',
      'color:          red',
      'pinned:         yes',
    ]) {
      expect(stdout.split('\n')).toContain(line)
    }
  })

  describe('of an account that needs a login', () => {
    const reason = {
      description: 'Koyeb refused the API token.',
      hint: 'Make another one.',
      since: 1,
    }
    const state = 'login_required'
    const needy = { ...svixAccount, state, login_required_reason: reason }
    beforeEach(() => endpoint.clear('GET /v1/accounts'))

    test('says why', async () => {
      endpoint.reply('GET /v1/accounts', { accounts: [needy] })
      const { stdout } = await cli('accounts show svix/first')
      expect(stdout).toContain(
        'state:          login required\nreason:         Koyeb refused the API token. Make another one.\n',
      )
    })

    test('the list says it below', async () => {
      endpoint.reply('GET /v1/accounts', { accounts: [account, needy] })
      const { stderr } = await cli('accounts list')
      expect(stderr).toBe('svix/first: Koyeb refused the API token. Make another one.\n')
    })
  })

  test('shows what was entered, by label and by the name for --set', async () => {
    const { stdout } = await cli('accounts show svix/first')
    expect(stdout.split('\n\n')[1]?.split('\n')).toEqual([
      'FIELD        VALUE                   NAME',
      'Application  app_1                   application',
      'Region       auto (As the key says)  region',
    ])
  })

  test('shows also what the form does not name', async () => {
    const run = await PlayedEndpoint.start()
    const values = { other: 'x' }
    run.reply('GET /v1/accounts', { accounts: [{ ...account, values }] })
    const { stdout } = await runCli(run.directories, ['accounts', 'show', 'sftpgo/work'])
    run.close()
    expect(stdout).toMatch(/^- +x +other$/m)
  })

  test('"accounts ACCOUNT" is the same', async () => {
    const shown = await cli('accounts show svix/first')
    expect(await cli('accounts svix/first')).toEqual(shown)
    const json = await cli('accounts show svix/first --json')
    expect(await cli('accounts svix/first --json')).toEqual(json)
    expect(await cli('accounts --json svix/first')).toEqual(json)
  })

  test('says what a service that can do everything makes possible, and whom it hits', async () => {
    const { stdout } = await cli('accounts show svix/first')
    expect(await commands()).toEqual([
      'tokentray token svix/first',
      'tokentray header svix/first',
      'tokentray tokens svix/first',
      'tokentray tokens revoke svix/first ID',
      'tokentray tokens revoke-all svix/first',
      'tokentray rotate svix/first',
      'tokentray portal svix/first',
      'tokentray login svix --copy-from svix/first --set application=VALUE',
      'tokentray logout svix/first',
      'tokentray accounts remove svix/first',
    ])
    expect(stdout).toMatch(
      /revoke-all svix\/first +Revoke every portal session of app_1, including those of/,
    )
  })

  test('says nothing of what the service cannot do', async () => {
    const { caution: _, session_ends_at: __, ...plain } = { ...account, id: 'sftpgo/first' }
    const run = await PlayedEndpoint.start()
    run.reply('GET /v1/accounts', { accounts: [{ ...plain, operations: [] }] })
    const { stdout } = await runCli(run.directories, ['accounts', 'show', 'sftpgo/first'])
    run.close()
    expect(stdout).not.toMatch(/tokentray tokens|rotate|portal|note:|session:|--copy-from/)
    expect(stdout).toContain('accounts set sftpgo/first --sharing separate')
    expect(stdout).not.toContain('--sharing shared')
  })
})

describe('of an account that is not logged in', () => {
  async function shown(state: string): Promise<string[]> {
    const other = await PlayedEndpoint.start()
    other.reply('GET /v1/accounts', { accounts: [{ ...svixAccount, state }] })
    const { stdout } = await runCli(other.directories, ['accounts', 'show', 'svix/first'])
    other.close()
    const lines = stdout.split('\n\n').at(-1)?.trim().split('\n').slice(1) ?? []
    return lines.map((line) => line.split(/ {2,}/)[0] ?? '')
  }

  test('the first thing to do is to log in', async () => {
    const lines = await shown('login_required')
    expect(lines[0]).toBe('tokentray login svix/first')
    expect(lines).toContain('tokentray logout svix/first')
    expect(lines.join()).not.toContain('--copy-from')
  })

  test('because it was logged out, there is nothing else to do but to remove it', async () => {
    expect(await shown('signed_out')).toEqual([
      'tokentray login svix/first',
      'tokentray accounts remove svix/first',
    ])
  })
})

test('every command line that it shows is one', async () => {
  for (const line of await commands()) {
    const help = await cli(`${line.replace('tokentray ', '')} --help`)
    expect(help).toMatchObject({ exit: 0, stderr: '' })
  }
})

test('--json prints the account as it came', async () => {
  const { stdout } = await cli('accounts show svix/first --json')
  expect(JSON.parse(stdout)).toEqual(svixAccount)
})

test('says that there is no such account', async () => {
  const { exit, stderr } = await cli('accounts show svix/third')
  expect(exit).toBe(2)
  expect(stderr).toMatch(/No such account: svix\/third\.\nTo list accounts, run/)
})

test('a login prints the caution for users who rely on short lifetimes', async () => {
  endpoint.reply('POST /v1/accounts/*/login', svixAccount)
  const stdin = `${markedSecret('key')}\n`
  const { stderr } = await runCli(endpoint.directories, ['login', 'svix/first'], { stdin })
  expect(stderr).toBe('Tokens may live on.\n')
})
