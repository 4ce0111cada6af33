import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { again, converse } from '../run-cli.ts'
import { account } from '../samples.ts'

const ADD = 'POST /v1/accounts'
const AGAIN = 'POST /v1/accounts/*/login'
const SET = '--set url=https://files.example.com --set role=user --set username=alice --set caFile='
const SVIX = 'svix --set application=app_1 --set region=auto --set url='

let endpoint: PlayedEndpoint
let wrong: string
let right: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  const other = { ...account, id: 'twoway/work', provider: 'twoway' }
  endpoint.reply('GET /v1/accounts', { accounts: [account, other] })
  wrong = markedSecret('wrong')
  right = markedSecret('right')
})
afterEach(() => endpoint.close())

const talk = (args: string, ...lines: (readonly [string, string])[]) =>
  converse(endpoint.directories, ['login', ...args.split(' ')], lines)

function refuseOnce(route: typeof ADD | typeof AGAIN, ...refusal: [Code, string?, string?]) {
  const [code, error_description, field] = refusal
  endpoint.refuse(route, code, {
    ...(error_description !== undefined && { error_description }),
    ...(field !== undefined && { field }),
  })
  endpoint.reply(route, account)
}
type Code = Parameters<PlayedEndpoint['refuse']>[1]

describe('asks again for what the service refused, and keeps the rest:', () => {
  test('the secret that it names', async () => {
    refuseOnce(ADD, 'wrong_credentials', 'svix.example.com does not accept this API key.', 'key')
    const run = await talk(
      SVIX,
      ['API key: ', `${wrong}\r`],
      ['does not accept this API key.\nAPI key: ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain('Application')
    const values = { application: 'app_1', region: 'auto' }
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'svix', values, secrets: { key: wrong } },
      { provider: 'svix', values, secrets: { key: right } },
    ])
  })

  test('the user name and all secrets, if it names none', async () => {
    refuseOnce(ADD, 'wrong_credentials', 'files.example.com did not accept the login.')
    const run = await talk(
      'twoway --set way=password --set email=a@b --set factor=none --set note=',
      ['Password: ', `${wrong}\r`],
      ['did not accept the login.\nPassword (Enter to correct "Email" first): ', '\r'],
      ['Email [a@b]: ', 'a@c\n'],
      ['[a@b]: a@c\nPassword: ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    const values = { way: 'password', email: 'a@c', factor: 'none' }
    expect(endpoint.bodies(ADD).at(-1)).toEqual({
      provider: 'twoway',
      values,
      secrets: { password: right },
    })
  })

  test('first the password, at a hidden prompt, which is tried with the same user name', async () => {
    refuseOnce(ADD, 'wrong_credentials', 'files.example.com did not accept the login.')
    const run = await talk(
      'twoway --set way=password --set email=a@b --set factor=none --set note=',
      ['Password: ', `${wrong}\r`],
      ['Password (Enter to correct "Email" first): ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain(right)
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({
      values: { email: 'a@b' },
      secrets: { password: right },
    })
  })

  test('each name right before its secret, if there are two', async () => {
    refuseOnce(ADD, 'wrong_credentials', 'files.example.com did not accept the login.')
    const two = '--set email=a@b --set factor=pin --set device=d --set note='
    const run = await talk(
      `twoway --set way=password ${two}`,
      ['Password: ', `${wrong}\r`],
      ['PIN: ', `${wrong}\r`],
      ['Password (Enter to correct "Email" and "Device" first): ', '\r'],
      ['Email [a@b]: ', '\r'],
      ['Email [a@b]: \nPassword: ', `${right}\r`],
      ['Device [d]: ', '\r'],
      ['Device [d]: \nPIN: ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({ secrets: { password: right, pin: right } })
  })

  test('a field that it names, and no secret', async () => {
    refuseOnce(ADD, 'invalid_request', 'Not a "Key" of svix.example.com.', 'application')
    const run = await talk(
      SVIX,
      ['API key: ', `${right}\r`],
      [`Not a "Key" of svix.example.com.\n${again('Application')}`, `${right}\r`],
      [`Input discarded.\n${again('Application')}`, '\r'],
      ['Application [app_1]: ', 'app_2\n'],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain(right)
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({
      values: { application: 'app_2' },
      secrets: { key: right },
    })
  })

  test('an invalid secret', async () => {
    refuseOnce(ADD, 'invalid_request', 'That is not a valid API key.', 'key')
    await talk(SVIX, ['API key: ', `${wrong}\r`], ['not a valid API key.\nAPI key: ', `${right}\r`])
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({ secrets: { key: right } })
  })

  test('a choice, with the secrets that go with the new one', async () => {
    refuseOnce(ADD, 'invalid_request', "'Log in with': not here.", 'way')
    const run = await talk(
      'twoway --set way=key --set note=n',
      ['Key: ', `${wrong}\r`],
      [`not here.\n${again('Log in with')}`, '\r'],
      ['Log in with (key, password) [key]: ', 'password\n'],
      ['Email: ', 'a@b\n'],
      ['Password: ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD).at(-1)).toEqual({
      provider: 'twoway',
      values: { way: 'password', email: 'a@b', factor: 'none', note: 'n' },
      secrets: { password: right },
    })
  })

  test('an invalid one-time code', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    refuseOnce(AGAIN, 'invalid_request', 'A one-time code has six digits.', 'code')
    const run = await talk(
      'sftpgo/work',
      ['Password: ', `${right}\r`],
      ['leave the code empty if you have none.\nPassword: ', `${right}\r`],
      ['One-time code (optional, Enter to skip): ', `${wrong}\r`],
      ['has six digits.\nOne-time code', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(AGAIN).at(-1)).toEqual({
      secrets: { password: right },
      one_time_code: right,
    })
  })

  test('only the secrets, of a known account', async () => {
    refuseOnce(AGAIN, 'wrong_credentials')
    const run = await talk(
      'twoway/work',
      ['Password: ', `${wrong}\r`],
      ['did not accept the credentials.\nPassword: ', `${right}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(AGAIN).at(-1)).toEqual({ secrets: { password: right } })
  })
})

test('the third refusal is the last', async () => {
  endpoint.refuse(ADD, 'wrong_credentials', {
    error_description: 'Not this API key.',
    field: 'key',
  })
  const next = 'Not this API key.\nAPI key: '
  const run = await talk(
    SVIX,
    ['API key: ', `${wrong}\r`],
    [next, `${wrong}\r`],
    [`${next}\n${next}`, `${wrong}\r`],
  )
  expect(run.exit).toBe(6)
  expect(run.stderr).toMatch(/\ntokentray: Not this API key\.\nCheck "Application" and "API key"/)
  expect(endpoint.bodies(ADD)).toHaveLength(3)
})

test('Ctrl-C ends it, and nothing more is sent', async () => {
  endpoint.refuse(ADD, 'wrong_credentials', {
    error_description: 'Not this API key.',
    field: 'key',
  })
  const run = await talk(
    SVIX,
    ['API key: ', `${wrong}\r`],
    ['Not this API key.\nAPI key: ', '\u0003'],
  )
  expect(run.exit).toBe(130)
  expect(endpoint.bodies(ADD)).toHaveLength(1)
})

test.each(['rate_limited', 'temporarily_unavailable', 'vault_locked'] as const)(
  '%s is an error that another answer cannot fix',
  async (code) => {
    endpoint.refuse(ADD, code, { field: 'url' })
    const run = await talk(SVIX, ['API key: ', `${right}\r`])
    expect(run.stderr).toMatch(/^API key: \ntokentray: /)
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  },
)

test.each(['HTTPS_PROXY is not one.', '"Application" and API key differ.'])(
  'an invalid_request that is about no field is said as it is, whatever its words: %s',
  async (said) => {
    endpoint.refuse(ADD, 'invalid_request', { error_description: said })
    const run = await talk(SVIX, ['API key: ', `${right}\r`])
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining(said) })
  },
)

test('a path that may be a password is not shown when it is refused, however it came', async () => {
  const typed = markedSecret('typed')
  const file = `/x/${typed}'ü"y`
  endpoint.refuse(ADD, 'invalid_request', {
    error_description: `The CA file ${file} cannot be read.`,
    field: 'caFile',
  })
  endpoint.reply(ADD, account)
  const run = await talk(
    `sftpgo ${SET}${file}`,
    ['Password: ', `${right}\r`],
    [`The CA file cannot be read.\n${again('CA file')}`, '\r'],
    ['CA file (optional, Enter to skip): ', '\n'],
  )
  expect(run.exit).toBe(0)
  expect(run.stderr).not.toContain(typed)
  expect(endpoint.bodies(ADD).at(-1)).not.toMatchObject({ values: { caFile: file } })
})

test('names the account in a hint with a placeholder', async () => {
  endpoint.refuse(AGAIN, 'not_supported')
  const run = await talk('sftpgo/work', ['Password: ', `${right}\r`])
  expect(run.stderr).toMatch(
    /Run "tokentray accounts show sftpgo\/work" to see what it supports\.\n$/,
  )
})
