import { expect, test } from 'vitest'
import { ending, fateOf, quoted } from '../../../main/cli/terminal/print.ts'

test.each([
  ["'Address': The address is not a URL.", '"Address": The address is not a URL.'],
  ["Give 'a' and ('b').", 'Give "a" and ("b").'],
  ["the service's own", "the service's own"],
  ["those of customers' and others' tokens", "those of customers' and others' tokens"],
  ["it's an 'id' of Koyeb's", 'it\'s an "id" of Koyeb\'s'],
  ['"stays"', '"stays"'],
])('%s has one kind of quotation marks', (text, expected) => {
  expect(quoted(text)).toBe(expected)
})

test('what has expired by our clock is not said to be valid', () => {
  const now = 1_800_000_000_000
  const told = { ends_at: now / 1000 - 22, why: 'Koyeb cannot revoke it.' }
  expect(fateOf({ ...told, at_service: 'until_expiry' }, now)).toBe(
    'expired 22 s ago; the service may accept it for a moment longer.',
  )
  expect(ending({ ...told, lease_id: 'l1', account: 'a/b', at_service: 'shared' }, now)).toBe(
    'l1 for a/b: released; others still use the same token, which expired 22 s ago.',
  )
})
