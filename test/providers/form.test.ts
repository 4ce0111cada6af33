import { describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { changeValues, checkForm, checkValues } from '../../main/providers/form.ts'
import { giantswarm } from '../../main/providers/giantswarm/giantswarm.ts'
import { glowmarkt } from '../../main/providers/glowmarkt/glowmarkt.ts'
import { providers } from '../../main/providers/index.ts'
import { koyeb } from '../../main/providers/koyeb/koyeb.ts'
import type { Field } from '../../main/providers/provider.ts'
import { sftpgo } from '../../main/providers/sftpgo/sftpgo.ts'
import { svix } from '../../main/providers/svix/svix.ts'
import { checkTransport } from '../../main/providers/wire/transport-fields.ts'
import { markedSecret } from '../helpers/marks.ts'
import { refusalOf } from './calling.ts'

const password = markedSecret('form')
const secrets = { password: new Secret(password) }
const values = { url: 'https://files.example.com/', username: 'alice' }

type Entered = Readonly<Record<string, string>>

const refusal = (entered: Entered, given: Parameters<typeof checkForm>[2] = secrets) =>
  refusalOf(
    Promise.resolve().then(() => checkForm(sftpgo, entered, given)),
    'invalid_request',
    [password],
  )

describe('the check of a form', () => {
  it('fills in defaults, normalises the address and drops empty values', () => {
    const form = checkForm(sftpgo, { ...values, caFile: '' }, secrets)
    expect(form.values).toEqual({
      url: 'https://files.example.com',
      role: 'user',
      username: 'alice',
      allowPlainHttp: 'no',
    })
    expect(form.secrets['password']?.reveal()).toBe(password)
  })

  it('keeps the entered value of every field', () => {
    const entered = {
      url: 'https://api.example.gigantic.io',
      email: 'bob@example.com',
      sendCommandLine: 'yes',
      caFile: '/etc/ssl/private-ca.pem',
      allowPlainHttp: 'yes',
    }
    expect(checkForm(giantswarm, entered, secrets).values).toEqual(entered)
  })

  it.each(['https://files.example.com/api/v2', 'https://files.example.com/api/v2/token/'])(
    'refuses an SFTPGo address with the API path before sending anything (%s)',
    (url) => {
      expect(() => checkValues(sftpgo, { url, username: 'alice' })).toThrow(
        /^"Address" must be .* without \/api\/v2/,
      )
    },
  )

  it.each([
    [giantswarm, 'https://api.example.gigantic.io/v4/', 'API endpoint'],
    [koyeb, 'https://app.koyeb.com/v1', 'Address'],
    [svix, 'https://svix.example.com/api/v1/', 'Address'],
  ])(
    'does so for every service whose address must not include that path',
    (provider, url, label) => {
      expect(() => checkValues(provider, { url }, { isUnfinished: true })).toThrow(
        `"${label}" must be the address of `,
      )
    },
  )

  it('names a missing field by its label', async () => {
    expect((await refusal({ url: values.url })).message).toBe('"User name" is required.')
    expect((await refusal({ ...values, url: '  ' })).message).toBe('"Address" is required.')
    expect((await refusal(values, {})).message).toBe('"Password" is required.')
    expect((await refusal(values, { password: new Secret('') })).message).toBe(
      '"Password" is required.',
    )
  })

  it.each([
    ['is missing', { url: values.url }, 'username'],
    ['is too long', { ...values, username: 'x'.repeat(4097) }, 'username'],
    ['is no address', { ...values, url: 'the password' }, 'url'],
    ['has not the shape', { ...values, url: `${values.url}api/v2` }, 'url'],
    ['has a line break', { ...values, username: 'a\nb' }, 'username'],
    ['is no absolute path', { ...values, caFile: 'url.pem' }, 'caFile'],
    ['is no choice', { ...values, role: 'User name' }, 'role'],
    ['is the password', { ...values, username: password }, 'username'],
    ['is not on the form', { ...values, Address: 'x' }, undefined],
  ])('names the field that %s', async (_, entered, field) => {
    expect(await refusal(entered)).toMatchObject({ field })
  })

  it('does so for a secret as well', async () => {
    expect(await refusal(values, {})).toMatchObject({ field: 'password' })
    const long = { password: new Secret('x'.repeat(8193)) }
    expect(await refusal(values, long)).toMatchObject({ field: 'password' })
  })

  it('names an overlong field by its label, and does not repeat its value', async () => {
    const long = (length: number) => markedSecret('long').padEnd(length, 'x')
    expect((await refusal({ ...values, username: long(4097) })).message).toBe(
      '"User name" is too long (at most 4096 characters).',
    )
    expect((await refusal(values, { password: new Secret(long(8193)) })).message).toBe(
      '"Password" is too long (at most 8192 characters).',
    )
    const most = { password: new Secret(long(8192)) }
    expect(checkForm(sftpgo, { ...values, username: long(4096) }, most).secrets).toEqual(most)
  })

  it('refuses an unknown field, and lists the known ones', async () => {
    const error = await refusal({ ...values, usernam: 'x' })
    expect(error.message).toContain('"usernam"')
    expect(error.hint).toContain('username')
    await refusal({ ...values, constructor: 'x' })
    await refusal(values, { ...secrets, token: new Secret(password) })
  })

  it('refuses a secret among the values, a value among the secrets and a code in either', async () => {
    await refusal({ ...values, password })
    await refusal({ url: values.url }, { ...secrets, username: new Secret('alice') })
    await refusal({ ...values, code: '123456' })
    await refusal(values, { ...secrets, code: new Secret('123456') })
  })

  it.each([
    [{ username: password }, '"User name" looks like your password or key.'],
    [{ username: ` ${password} ` }, '"User name" looks like your password or key.'],
    [{ caFile: `/home/alice/${password}` }, '"CA file" looks like your password or key.'],
    [
      { role: 'admin', leaseBy: 'api_key', keyUser: password },
      '"API keys act as" looks like your password or key.',
    ],
  ])('refuses a secret that was also entered in another field', async (entered, message) => {
    expect((await refusal({ ...values, ...entered })).message).toBe(message)
  })

  it('does not take a choice or a default for a secret, whatever the password is', () => {
    const form = checkForm(sftpgo, values, { password: new Secret('user') })
    expect(form.values['role']).toBe('user')
  })

  it.each([
    [glowmarkt, { username: 'a' }, 'applicationId', 'hunter2', '"Application ID" must be an ID'],
    [giantswarm, { url: values.url }, 'email', 'hunter2', '"Email" must be an email address.'],
    [koyeb, { way: 'password' }, 'email', 'hunter2', '"Email" must be an email address.'],
    [koyeb, {}, 'organization', 'acme', '"Organization ID" must be an ID'],
    [svix, {}, 'application', 'pass word', '"Application" must be the ID or UID'],
    [svix, {}, 'application', 'testsk_1.eu', '"Application" must be the ID or UID'],
    [svix, {}, 'application', '..', '"Application" must be the ID or UID'],
  ])(
    'refuses %# a value that does not have the shape of its field',
    async (provider, more, name, text, words) => {
      const error = await refusalOf(
        Promise.resolve().then(() => checkValues(provider, { ...more, [name]: text })),
        'invalid_request',
        [text],
      )
      expect(error.message).toContain(words)
    },
  )

  it('trims values of fields with a shape', () => {
    const id = '0A1B2C3D-0000-4000-8000-000000000000'
    const entered = { username: 'alice', applicationId: ` ${id} ` }
    expect(checkValues(glowmarkt, entered)['applicationId']).toBe(id)
  })

  it('refuses an unknown choice, and names the known ones', async () => {
    const error = await refusal({ ...values, role: 'root' })
    expect(error.message).toBe('Choose User or Administrator for "Log in as".')
  })

  it('refuses a relative path for a file', async () => {
    const error = await refusal({ ...values, caFile: 'ca.pem' })
    expect(error.message).toContain('"CA file"')
  })

  it('refuses an invalid address, naming the field', async () => {
    for (const url of ['nonsense', 'ftp://x', 'https://u:p@x', 'https://x?q']) {
      const error = await refusal({ ...values, url })
      expect(error.message).toMatch(/^(Enter a web|The) address/)
      expect(error.field).toBe('url')
    }
  })

  it('refuses control characters', async () => {
    const error = await refusal({ ...values, username: 'alice\u001b[2J' })
    expect(error.message).toBe('"User name" contains control characters.')
  })
})

describe('an unfinished form', () => {
  const soFar = (entered: Entered, provider = sftpgo) =>
    checkValues(provider, entered, { isUnfinished: true })

  it('reports nothing as missing, and decides nothing that will still be asked', () => {
    expect(soFar({})).toEqual({})
    expect(soFar({ url: values.url })).toEqual({ url: 'https://files.example.com' })
    expect(soFar({ leaseBy: 'api_key', keyUser: 'bob' })).toEqual({
      leaseBy: 'api_key',
      keyUser: 'bob',
    })
  })

  it.each([
    [{ url: 'alice' }, 'Enter a web address, such as https://files.example.com.'],
    [{ url: 'https://files.example.com/api/v2' }, '"Address" must be the address of the server'],
    [{ role: 'root' }, 'Choose User or Administrator for "Log in as".'],
    [{ role: 'user', leaseBy: 'login' }, 'SFTPGo has no field "leaseBy" here.'],
    [{ colour: 'blue' }, 'SFTPGo has no field "colour" here.'],
  ])('is refused for its values like a finished one: %j', (entered, message) => {
    expect(() => soFar(entered)).toThrow(message)
  })

  it('is not refused for plain http before that question is answered', async () => {
    const url = 'http://files.example.com'
    const check = (entered: Entered) => checkTransport(entered, { isUnfinished: true })
    await check({ url })
    await check({ url, allowPlainHttp: 'yes' })
    const refused = await refusalOf(check({ url, allowPlainHttp: 'no' }), 'invalid_request')
    expect(refused.field).toBe('url')
    await refusalOf(checkTransport({ url }), 'invalid_request')
  })
})

// After a name, users type their password out of habit, whatever the next field is.
it.each(providers.map((provider) => [provider.id, provider] as const))(
  '%s: up to the last secret, a field that may hold a name is followed by a secret',
  (_, { fields }) => {
    const lastSecret = fields.findLastIndex(({ kind }) => kind === 'secret')
    const names = fields.flatMap(({ kind }, index) =>
      index < lastSecret && (kind === 'text' || kind === 'file') ? [index] : [],
    )
    expect(names.map((index) => fields[index + 1]?.kind)).toEqual(names.map(() => 'secret'))
    expect(lastSecret).toBeGreaterThanOrEqual(0)
  },
)

describe('a field that depends on a choice', () => {
  const fields: readonly Field[] = [
    {
      ...{ name: 'way', label: 'Way', kind: 'choice', required: false, default: 'key' },
      choices: [
        { value: 'key', label: 'Key' },
        { value: 'login', label: 'Login' },
      ],
    },
    { ...{ name: 'key', label: 'Key', kind: 'secret', required: true }, when: onlyIf('key') },
    { ...{ name: 'email', label: 'Email', kind: 'text', required: true }, when: onlyIf('login') },
    {
      ...{ name: 'password', label: 'Password', kind: 'secret', required: true },
      when: onlyIf('login'),
    },
  ]
  const provider = { fields, title: 'Two ways' }
  const check = (entered: Entered, given: Parameters<typeof checkForm>[2]) =>
    Promise.resolve().then(() => checkForm(provider, entered, given))

  it('applies, and is required, only with that choice', async () => {
    const key = { key: new Secret(password) }
    expect((await check({}, key)).values).toEqual({ way: 'key' })
    const missing = await refusalOf(check({ way: 'login' }, secrets), 'invalid_request')
    expect(missing.message).toBe('"Email" is required.')
    const login = await check({ way: 'login', email: 'a@b.c' }, secrets)
    expect(Object.keys(login.secrets)).toEqual(['password'])
  })

  it('is refused as unknown with another choice', async () => {
    const key = { key: new Secret(password) }
    const refused = await refusalOf(check({ email: 'a@b.c' }, key), 'invalid_request')
    expect(refused.message).toContain('"email"')
    await refusalOf(
      check({ way: 'login', email: 'a@b.c' }, { ...secrets, ...key }),
      'invalid_request',
    )
  })

  it('is dropped when the choice of an account changes, and other fields are kept', () => {
    const stored = checkValues(provider, { way: 'login', email: 'a@b.c' })
    expect(changeValues(provider, stored, {})).toEqual(stored)
    expect(changeValues(provider, stored, { way: 'key' })).toEqual({ way: 'key' })
    expect(changeValues(provider, { way: 'key' }, { way: 'login', email: 'b@b.c' })).toEqual({
      way: 'login',
      email: 'b@b.c',
    })
  })
})

function onlyIf(is: string) {
  return { field: 'way', is }
}
