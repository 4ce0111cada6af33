import { describe, expect, it } from 'vitest'
import { isTokentrayError } from '../../../main/base/errors.ts'
import { toAccountId } from '../../../main/base/ids.ts'
import {
  addressesAtService,
  addressesOf,
  findByAddress,
  toAddresses,
} from '../../../main/broker/account/addresses.ts'
import { providers } from '../../../main/providers/index.ts'
import type { AccountRecord } from '../../../main/settings/schema.ts'

const sftpgo = providers.find(({ id }) => id === 'sftpgo')
const koyeb = providers.find(({ id }) => id === 'koyeb')
if (!sftpgo || !koyeb) throw new Error('There is no such provider.')

/** An account at this address, which may answer for others. */
function accountAt(
  name: string,
  url: string,
  { addresses, http }: { readonly addresses?: string[]; readonly http?: boolean } = {},
) {
  const values = { url, ...(http && { allowPlainHttp: 'yes' }) }
  const record: AccountRecord = {
    ...{ uid: `${name}0000000000000000`, provider: 'sftpgo', name, label: name, values },
    ...{ leaseKind: 'shared', leaseSeconds: 900, state: 'signed_in', needsCode: false },
    ...{ createdAt: 0, ...(addresses && { addresses }) },
  }
  return {
    id: toAccountId('sftpgo', name),
    record,
    provider: sftpgo,
    values,
  } as never as Parameters<typeof addressesOf>[0]
}

const work = accountAt('work', 'https://files.example.com/base')
const org = accountAt('org', 'https://a.example', {
  addresses: ['https://files.example.com/org', 'https://registry.example.com:5000'],
})
const deep = accountAt('deep', 'https://b.example', {
  addresses: ['https://files.example.com/org/sub'],
})
const local = accountAt('local', 'http://127.0.0.1:8080')
const plain = accountAt('plain', 'http://plain.example', { http: true })
const remote = accountAt('remote', 'http://remote.example')
const all = [work, org, deep, local, plain, remote]

/** The name of the account that answers, or the code of the refusal. */
function found(url: string, username?: string, among = all): string {
  try {
    return findByAddress({ url, username }, among).record.name
  } catch (error) {
    if (isTokentrayError(error)) return error.code
    throw error
  }
}

describe('the account that answers for an address', () => {
  it.each([
    ['https://files.example.com', 'work'],
    ['https://files.example.com/', 'work'],
    ['https://FILES.example.com:443/any/path?x=1#y', 'work'],
    ['https://files.example.com/org', 'org'],
    ['https://files.example.com/org/', 'org'],
    ['https://files.example.com/org/repo.git', 'org'],
    ['https://files.example.com/organization', 'work'],
    ['https://files.example.com/Org/repo', 'work'],
    ['https://files.example.com/org/sub/x', 'deep'],
    ['https://files.example.com/org/subway', 'org'],
    ['https://files.example.com/org/x/../sub/y', 'deep'],
    ['https://registry.example.com:5000/v2/', 'org'],
    ['http://127.0.0.1:8080/x', 'local'],
    ['http://plain.example/x', 'plain'],
  ])('%s: %s', (url, name) => {
    expect(found(url)).toBe(name)
  })

  it.each([
    'https://files.example.com:8443',
    'http://files.example.com',
    'http://files.example.com:443',
    'https://a.example',
    'https://registry.example.com',
    'https://files.example.com.evil.example',
    'https://evil.example/https://files.example.com',
    'https://evil-files.example.com',
    'https://files.example.com.',
    'http://127.0.0.1:8081',
    'http://remote.example',
    'https://127.0.0.1:8080',
  ])('nothing for %s', (url) => {
    expect(found(url)).toBe('not_found')
  })

  it.each([
    '',
    'https://',
    'https:///files.example.com',
    'https:files.example.com',
    '//files.example.com',
    'files.example.com',
    'ftp://files.example.com',
    'https://user@files.example.com',
    'https://evil.example@files.example.com',
    'https://files.example.com@evil.example',
    'https://files.example.com\\@evil.example',
    'https://\tfiles.example.com',
    'https://files.exam\nple.com',
    ' https://files.example.com',
    'https://files%2eexample.com',
    'https://ｆiles.example.com',
    'http://0x7f.1:8080',
    'http://127.1:8080',
    'https://files.example.com:99999',
    'https://?files.example.com',
  ])('%j is no address', (url) => {
    expect(found(url)).toBe('invalid_request')
  })

  it('is the one that the user name names, among those with the longest path only', () => {
    const twins = [...all, accountAt('other', 'https://files.example.com')]
    expect(found('https://files.example.com', undefined, twins)).toBe('invalid_target')
    expect(found('https://files.example.com', 'nobody', twins)).toBe('invalid_target')
    expect(found('https://files.example.com', 'other', twins)).toBe('other')
    expect(found('https://files.example.com', 'sftpgo/work', twins)).toBe('work')
    expect(found('https://files.example.com/org', 'work', twins)).toBe('org')
    // One account alone answers whatever the user name is: "git@" is in many addresses.
    expect(found('https://files.example.com', 'git')).toBe('work')
  })

  it('is none of several, which the refusal names', () => {
    const twins = [work, accountAt('other', 'https://files.example.com')]
    expect(() => findByAddress({ url: 'https://files.example.com' }, twins)).toThrow(
      'Several accounts answer for https://files.example.com: sftpgo/work, sftpgo/other.',
    )
  })

  it('has the address of its service unless others are set', () => {
    expect(addressesOf(work)).toEqual(['https://files.example.com'])
    expect(addressesOf(org)).not.toContain('https://a.example')
    expect(addressesOf({ ...work, provider: koyeb, values: {} })).toEqual(['https://app.koyeb.com'])
  })
})

describe('addresses to store', () => {
  const stored = (texts: string[], values = {}) => toAddresses(texts, values)

  it('are in their usual form, each once', () => {
    const texts = [
      'https://Files.Example.com:443/',
      'https://files.example.com',
      ' https://b.x/a/ ',
    ]
    expect(stored(texts)).toEqual(['https://files.example.com', 'https://b.x/a'])
    expect(stored(['https://bücher.example'])).toEqual(['https://xn--bcher-kva.example'])
    expect(stored(['http://localhost:5000'])).toEqual(['http://localhost:5000'])
    expect(stored(['http://far.example'], { allowPlainHttp: 'yes' })).toHaveLength(1)
  })

  it.each([
    ['https://user:secret@files.example.com', /user name or password/],
    ['https://files.example.com/?x=1', /query or fragment/],
    ['https://files.example.com/#x', /query or fragment/],
    ['ssh://files.example.com', /web address/],
    ['files.example.com', /web address/],
    ['https:///files.example.com', /web address/],
    ['https://', /web address/],
    ['https://files.example.com\\x', /web address/],
    [`https://files.example.com/${'x'.repeat(500)}`, /web address/],
    ['http://far.example', /https/],
  ])('are refused as a whole with %s', (text, message) => {
    expect(() => stored(['https://fine.example', text])).toThrow(message)
  })

  it('are imported at the own service alone', () => {
    const values = { url: 'https://files.example.com/base' }
    const given = ['https://files.example.com/org', 'https://evil.example', 'nothing']
    expect(addressesAtService(given, sftpgo, values)).toEqual(['https://files.example.com/org'])
  })
})
