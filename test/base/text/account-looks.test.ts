import { describe, expect, it } from 'vitest'
import {
  isDisplayName,
  LONGEST_DISPLAY_NAME,
  tidyDisplayName,
} from '../../../main/base/text/account-looks.ts'
import { toTypedName } from '../../../main/base/text/typed-name.ts'

describe('a display name', () => {
  it.each([
    'Продакшн',
    '本番',
    'Größe Kunde',
    'إنتاج',
    'प्रोडक्शन',
    'Prod 🚀',
    ' spaces around ',
    'x'.repeat(LONGEST_DISPLAY_NAME),
  ])('may be %j', (text) => expect(isDisplayName(text)).toBe(true))

  it.each([
    ['empty', ''],
    ['spaces alone', '  '],
    ['a control character', 'a\u0007b'],
    ['two lines', 'a\nb'],
    ['a bidirectional override', 'a\u202eb'],
    ['an invisible character', 'a\u200bb'],
    ['joiners alone', '\u200d\u200c'],
    ['a blank of braille', '\u2800'],
    ['a mark without a letter', '\u0301'],
    ['too long', 'x'.repeat(LONGEST_DISPLAY_NAME + 1)],
  ])('is not %s', (_, text) => expect(isDisplayName(text)).toBe(false))

  it('is stored composed, without spaces around it', () => {
    expect(tidyDisplayName(' Gro\u0308\u00dfe ')).toBe('Gr\u00f6\u00dfe')
  })
})

describe('the name that a user typed', () => {
  it.each(['work', 'a-b_c.d', 'n'.repeat(64)])('is used as it is: %s', (name) => {
    expect(toTypedName(name)).toEqual({ name })
  })

  it.each(['Work', '本番', 'two words', ' work '])('is kept for display: %j', (text) => {
    expect(toTypedName(text)).toEqual({ displayName: text.trim() })
  })

  it.each(['', '\u202e', 'N'.repeat(65)])('is refused with the rule: %j', (text) => {
    expect(() => toTypedName(text)).toThrow('That is not a valid account name.')
  })
})
