import { expect, it } from 'vitest'
import { fingerprint } from '../../main/audit/fingerprint.ts'
import { Secret } from '../../main/base/secret.ts'
import { markedSecret } from '../helpers/marks.ts'

const key = new Secret(markedSecret('key'))
const token = new Secret(markedSecret('token'))

it('is the same for the same token, and 16 bytes of hex', () => {
  expect(fingerprint(key, token)).toMatch(/^[0-9a-f]{32}$/)
  expect(fingerprint(key, token)).toBe(fingerprint(key, new Secret(token.reveal())))
})

it('differs by token and by key', () => {
  const other = new Secret(markedSecret('other'))
  const all = [fingerprint(key, token), fingerprint(key, other), fingerprint(other, token)]
  expect(new Set(all).size).toBe(3)
})

it('is HMAC-SHA-256 as RFC 4231 has it (test case 2), cut to 16 bytes', () => {
  const made = fingerprint(new Secret('Jefe'), new Secret('what do ya want for nothing?'))
  expect(made).toBe('5bdcc146bf60754e6a042426089575c7')
})
