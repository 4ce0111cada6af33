import { expect, test } from 'vitest'
import { quoted } from '../../main/cli/print.ts'

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
