import { describe, expect, it } from 'vitest'
import { uniqueName } from '../../../main/broker/login/account-name.ts'

const nothingTaken = () => false

describe('freeName', () => {
  it.each([
    { label: 'alice at files.example.com', name: 'alice' },
    { label: 'Alice@example.com at api.example.com', name: 'alice' },
    { label: 'J\u00fcrgen M\u00fcller', name: 'jurgen' },
    { label: '\u042e\u0440\u0438\u0439 at files.example.com', name: 'account' },
    { label: '... at files.example.com', name: 'account' },
    { label: '', name: 'account' },
    { label: `${'x'.repeat(100)} at files.example.com`, name: 'x'.repeat(60) },
  ])('makes $name from "$label"', ({ label, name }) => {
    expect(uniqueName('sftpgo', label, nothingTaken)).toBe(name)
  })

  it('appends the first free number to a name that is taken at this provider', () => {
    const taken = new Set(['sftpgo/alice', 'sftpgo/alice-2', 'giantswarm/alice-3'])
    expect(uniqueName('sftpgo', 'alice at x', (id) => taken.has(id))).toBe('alice-3')
  })
})
