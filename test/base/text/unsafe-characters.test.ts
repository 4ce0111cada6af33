import { expect, it } from 'vitest'
import { hasUnsafeCharacters } from '../../../main/base/text/unsafe-characters.ts'

it.each([
  ['a control character', 'a\u0007b'],
  ['a line separator', 'a\u2028b'],
  ['what turns text around', 'a\u202eb'],
  ['a tag', 'a\u{e0061}b'],
  ['a filler', 'a\u3164b'],
  ['what no font draws', 'a\u034fb'],
  ['a place that is kept for such', 'a\u{e0002}b'],
  ['two selectors of a form', 'a\ufe0f\u{e0100}b'],
  ['a selector of a form of nothing', ' \u{e0100}b'],
  ['half of a character', 'a\ud83db'],
])('finds %s, each time', (_what, text) => {
  for (let time = 0; time < 3; time += 1) expect(hasUnsafeCharacters(text)).toBe(true)
})

it('accepts joiners, emoji and other scripts', () => {
  for (const text of [
    'plain',
    '',
    '👩\u200d🔧',
    '❤\ufe0f',
    '葛\u{e0100}',
    'می\u200cخواهم',
    'Zoë',
  ]) {
    expect(hasUnsafeCharacters(text)).toBe(false)
  }
})
