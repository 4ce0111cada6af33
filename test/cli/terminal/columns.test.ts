import { describe, expect, it } from 'vitest'
import { wrapLines } from '../../../main/cli/terminal/columns.ts'

describe('lines that are too wide', () => {
  it('are broken between words, with the indentation that they have', () => {
    expect(wrapLines('one two\n  three four five\n', 12)).toBe('one two\n  three four\n  five\n')
  })

  it('keep the space between the words that stay together', () => {
    expect(wrapLines('a:  b c d', 6)).toBe('a:  b\nc d')
  })

  it('keep a wide word whole', () => {
    expect(wrapLines('see http://127.0.0.1/ now', 10)).toBe('see\nhttp://127.0.0.1/\nnow')
  })

  it('are measured in columns of a terminal', () => {
    expect(wrapLines('日本 語', 6)).toBe('日本\n語')
  })
})
