import { describe, expect, it } from 'vitest'
import { afterRename, afterTaking } from '../../../main/broker/account/former-names.ts'
import type { GrantRecord } from '../../../main/settings/schema.ts'

const grant = (account: string, ...formerly: string[]): GrantRecord => ({
  client: 'tool',
  account,
  until: null,
  ...(formerly.length > 0 && { formerly }),
})

describe('the former names of an account', () => {
  it('are remembered by the grants on it, and by no others', () => {
    const grants = afterRename([grant('a'), grant('b')], 'a', 'sftpgo/old', 'sftpgo/new')

    expect(grants).toEqual([grant('a', 'sftpgo/old'), grant('b')])
  })

  it('are forgotten when the account gets that name back, or another account takes it', () => {
    const grants = [grant('a', 'sftpgo/one', 'sftpgo/two'), grant('b', 'sftpgo/three')]

    expect(afterTaking(grants, 'sftpgo/one')).toEqual([grant('a', 'sftpgo/two'), grants[1]])
    expect(afterRename(grants, 'a', 'sftpgo/four', 'sftpgo/three')).toEqual([
      grant('a', 'sftpgo/one', 'sftpgo/two', 'sftpgo/four'),
      grant('b'),
    ])
  })

  it('are limited to the last ten', () => {
    let grants: readonly GrantRecord[] = [grant('a')]
    for (let count = 0; count < 12; count += 1) {
      grants = afterRename(grants, 'a', `sftpgo/n${count}`, `sftpgo/n${count + 1}`)
    }

    const latest = Array.from({ length: 10 }, (_, index) => `sftpgo/n${index + 2}`)
    expect(grants).toEqual([grant('a', ...latest)])
  })
})
