import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../renderer/state/address.ts'

describe('the destination in the page URL', () => {
  it('is the settings, or the login of an account', () => {
    expect(parseAddress('#1/settings')).toEqual({ place: { at: 'settings' } })
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
