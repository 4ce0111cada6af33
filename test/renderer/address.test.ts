import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../renderer/state/address.ts'

describe('the destination in the page URL', () => {
  it('is a screen that is named by one word', () => {
    for (const at of ['accounts', 'add', 'settings'] as const) {
      expect(parseAddress(`#1/${at}`)).toEqual({ place: { at } })
    }
    expect(parseAddress('#1/tokens')).toEqual({ place: { at: 'leases' } })
    const focus = 'search-accounts'
    expect(parseAddress('#1/search')).toEqual({ place: { at: 'accounts' }, focus })
  })

  it('is the login of an account', () => {
    const place = { at: 'login', account: 'sftpgo/home' }
    expect(parseAddress('#27/login/sftpgo%2Fhome')).toEqual({ place })
  })

  it('is an account, with the focus on the copy button for that form', () => {
    const place = { at: 'account', account: 'sftpgo/home' }
    expect(parseAddress('#3/copy/sftpgo%2Fhome/curl')).toEqual({ place, focus: 'copy-curl' })
  })

  it.each([
    '',
    '#',
    '#settings',
    '#1/leases',
    '#1/constructor',
    '#1/search/a',
    '#1/login',
    '#1/login/',
    '#1/login/a/b',
    '#1/login/%',
    '#1/login/a/token',
    '#1/settings/token',
    '#1/copy/a',
    '#1/copy/a/link',
    '#1/copy/%/token',
  ])('is nowhere for %j', (hash) => {
    expect(parseAddress(hash)).toBeNull()
  })
})
