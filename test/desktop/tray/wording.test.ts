import { expect, it } from 'vitest'
import { toLabel } from '../../../main/desktop/tray/wording.ts'

it.each([
  ['alice', 'alice'],
  ['R&D', 'R&&D'],
  ['a\r\nb', 'a b'],
  ['a\tb', 'a b'],
  ['a\u2028b', 'a b'],
  ['\u202Edetrevni\u202C', 'detrevni'],
  ['zero\u200Bwidth', 'zerowidth'],
  ['Zoë 日本', 'Zoë 日本'],
])('shows %j as %j', (text, label) => {
  expect(toLabel(text)).toBe(label)
})

it('removes the middle of a long text without splitting a character', () => {
  const label = toLabel(`${'😀'.repeat(40)}${'b'.repeat(40)}`)
  expect(label).toBe(`${'😀'.repeat(29)}…${'b'.repeat(29)}`)
})
