import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from './all.ts'
import { replaceOnce } from './checkout.ts'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

describe('the list of promises to break', () => {
  it('has each promise once', () => {
    const promises = mutants.map(({ promise }) => promise)
    expect(promises.filter((promise, at) => promises.indexOf(promise) !== at)).toEqual([])
  })

  it('changes what stands in the files as they are', () => {
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

  it('names tests that there are', () => {
    const wrong = mutants.filter(({ noticedBy }) => !read(noticedBy.file).includes(noticedBy.test))
    expect(wrong.map(({ promise }) => promise)).toEqual([])
    // Vitest puts a value in its place, so that no test has this name when it runs.
    const withPlaceholder = mutants.filter(({ noticedBy }) => /%[a-z]/.test(noticedBy.test))
    expect(withPlaceholder.map(({ promise }) => promise)).toEqual([])
  })

  it('refuses to change what stands there twice, or not at all', () => {
    expect(replaceOnce('one two', 'two', 'three')).toBe('one three')
    expect(() => replaceOnce('one one', 'one', 'two')).toThrow('exactly once')
    expect(() => replaceOnce('one', 'two', 'three')).toThrow('exactly once')
    expect(() => replaceOnce('one', '', 'three')).toThrow('exactly once')
  })
})
