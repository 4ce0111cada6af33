import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from './all.ts'
import { replaceOnce } from './checkout.ts'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

describe('the list of mutants', () => {
  it('has each promise once', () => {
    const promises = mutants.map(({ promise }) => promise)
    expect(promises.filter((promise, at) => promises.indexOf(promise) !== at)).toEqual([])
  })

  it('replaces text that occurs in the current files', () => {
    const wrong = mutants.flatMap(({ promise, changes }) =>
      changes.flatMap(({ file, find, replace }) => {
        try {
          return replaceOnce(read(file), find, replace) === read(file) ? [promise] : []
        } catch {
          return [`${promise} (${file})`]
        }
      }),
    )
    expect(wrong).toEqual([])
  })

  it('names existing tests', () => {
    const wrong = mutants.filter(({ noticedBy }) => !read(noticedBy.file).includes(noticedBy.test))
    expect(wrong.map(({ promise }) => promise)).toEqual([])
    // Vitest replaces placeholders by values, so no running test has such a name.
    const withPlaceholder = mutants.filter(({ noticedBy }) => /%[a-z]/.test(noticedBy.test))
    expect(withPlaceholder.map(({ promise }) => promise)).toEqual([])
  })

  it('refuses to replace text that occurs twice or not at all', () => {
    expect(replaceOnce('one two', 'two', 'three')).toBe('one three')
    expect(() => replaceOnce('one one', 'one', 'two')).toThrow('exactly once')
    expect(() => replaceOnce('one', 'two', 'three')).toThrow('exactly once')
    expect(() => replaceOnce('one', '', 'three')).toThrow('exactly once')
  })
})
