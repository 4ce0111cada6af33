import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../renderer/state/address.ts'

describe('where the address of the page says that the person is', () => {
  it('is the settings, or the login of an account', () => {
    expect(parseAddress('#1/settings')).toEqual({ at: 'settings' })
    expect(parseAddress('#27/login/sftpgo%2Fhome')).toEqual({ at: 'login', account: 'sftpgo/home' })
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
  ])('is nowhere for %j', (hash) => {
    expect(parseAddress(hash)).toBeNull()
  })
})
