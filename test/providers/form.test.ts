import { describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { checkForm } from '../../main/providers/form.ts'
import { giantswarm } from '../../main/providers/giantswarm.ts'
import { sftpgo } from '../../main/providers/sftpgo.ts'
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

describe('the form check', () => {
  it('fills in defaults, evens out the address and leaves out what is empty', () => {
    const form = checkForm(sftpgo, { ...values, caFile: '' }, secrets)
    expect(form.values).toEqual({
      url: 'https://files.example.com',
      role: 'user',
      username: 'alice',
      allowPlainHttp: 'no',
    })
    expect(form.secrets['password']?.reveal()).toBe(password)
  })

  it('keeps what was entered for every field', () => {
    const entered = {
      url: 'https://api.example.gigantic.io',
      email: 'bob@example.com',
      sendCommandLine: 'yes',
      caFile: '/etc/ssl/private-ca.pem',
      allowPlainHttp: 'yes',
    }
    expect(checkForm(giantswarm, entered, secrets).values).toEqual(entered)
  })

  it('names a missing field by its label', async () => {
    expect((await refusal({ url: values.url })).message).toBe('"User name" is missing.')
    expect((await refusal({ ...values, url: '  ' })).message).toBe('"Address" is missing.')
    expect((await refusal(values, {})).message).toBe('"Password" is missing.')
    expect((await refusal(values, { password: new Secret('') })).message).toBe(
      '"Password" is missing.',
    )
  })

  it('refuses a field that there is not, and lists those that there are', async () => {
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

  it('refuses a choice that is not offered, and says what is', async () => {
    const error = await refusal({ ...values, role: 'root' })
    expect(error.message).toBe('"Sign in as" must be one of user, admin.')
  })

  it('refuses a relative path for a file', async () => {
    const error = await refusal({ ...values, caFile: 'ca.pem' })
    expect(error.message).toContain('"CA file"')
  })

  it('refuses an address that is none, naming the field', async () => {
    for (const url of ['nonsense', 'ftp://x', 'https://u:p@x', 'https://x?q']) {
      expect((await refusal({ ...values, url })).message).toMatch(/^"Address": /)
    }
  })

  it('refuses control characters', async () => {
    const error = await refusal({ ...values, username: 'alice\u001b[2J' })
    expect(error.message).toBe('"User name" contains control characters.')
  })
})
