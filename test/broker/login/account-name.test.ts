import { describe, expect, it } from 'vitest'
import { uniqueName } from '../../../main/broker/login/account-name.ts'

const nothingTaken = () => false

describe('uniqueName', () => {
  it.each([
    { label: 'alice at files.example.com', name: 'alice' },
    { label: 'Alice@example.com at api.example.com', name: 'alice' },
    { label: 'J\u00fcrgen M\u00fcller', name: 'jurgen' },
    { label: '\u042e\u0440\u0438\u0439 at files.example.com', name: 'account' },
    { label: '... at files.example.com', name: 'account' },
    { label: '', name: 'account' },
    { label: `${'x'.repeat(100)} at files.example.com`, name: 'x'.repeat(60) },
  ])('makes $name from "$label"', ({ label, name }) => {
    expect(uniqueName('sftpgo', { label }, nothingTaken)).toBe(name)
  })

  it.each([
    { displayName: 'Production', name: 'production' },
    { displayName: 'Gr\u00f6\u00dfe Kunde', name: 'grosse-kunde' },
    { displayName: 'Za\u017c\u00f3\u0142\u0107 / S\u00f8ren', name: 'zazolc-soren' },
    { displayName: '\u00a1Producci\u00f3n!', name: 'produccion' },
    { displayName: 'Kunde 2', name: 'kunde-2' },
    { displayName: 'Prod \u672c\u756a', name: 'prod' },
    // Nothing to go by: the user name of the login.
    { displayName: '\u041f\u0440\u043e\u0434\u0430\u043a\u0448\u043d', name: 'alice' },
    { displayName: '\u672c\u756a 2', name: 'alice' },
    { displayName: '\ud83d\ude80', name: 'alice' },
  ])('makes $name from the display name "$displayName"', ({ displayName, name }) => {
    const label = 'alice at files.example.com'
    expect(uniqueName('sftpgo', { displayName, label }, nothingTaken)).toBe(name)
  })

  it('is "account", with a number, if neither the display name nor the user name is Latin', () => {
    const sources = { displayName: '\u672c\u756a', label: '\u042e\u0440\u0438\u0439 at x' }
    expect(uniqueName('sftpgo', sources, (id) => id === 'sftpgo/account')).toBe('account-2')
  })

  it('appends the first free number to a name that is taken at this provider', () => {
    const taken = new Set(['sftpgo/alice', 'sftpgo/alice-2', 'giantswarm/alice-3'])
    expect(uniqueName('sftpgo', { label: 'alice at x' }, (id) => taken.has(id))).toBe('alice-3')
  })
})
