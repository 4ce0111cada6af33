import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { rotateFile } from '../../../main/base/files/rotate-file.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

let file: string
let older: string
let mark: string
beforeEach(() => {
  file = path.join(makeTestFolder('turn-over'), 'lines')
  older = `${file}.older`
  mark = `${file}.turning`
})

const content = (of: string) => (existsSync(of) ? readFileSync(of, 'utf8') : null)
const isFull = (size: number) => size > 5

describe('a file that is due', () => {
  it('gets its older name, over the one before', () => {
    writeFileSync(older, 'oldest')
    writeFileSync(file, 'full up')
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual(['full up', null, false])
  })

  it('keeps its name as long as it is not due', () => {
    writeFileSync(file, 'new')
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual([null, 'new', false])
  })

  it('is free for the next try where it cannot be renamed', () => {
    mkdirSync(path.join(older, 'in use'), { recursive: true })
    writeFileSync(file, 'full up')
    expect(() => rotateFile(file, older, isFull)).toThrow()
    expect([content(file), existsSync(mark)]).toEqual(['full up', false])
  })
})

describe('of two processes that find the same file due', () => {
  beforeEach(() => writeFileSync(file, 'full up'))

  it('the second one leaves it to the first, which is just doing it', () => {
    const asked: string[] = []
    rotateFile(file, older, (size) => {
      asked.push('first')
      rotateFile(file, older, (again) => {
        asked.push('second')
        return isFull(again)
      })
      expect(content(older)).toBeNull()
      return isFull(size)
    })
    expect([asked, content(older), content(file)]).toEqual([['first'], 'full up', null])
  })

  it('the second one does not move the file that was begun since', () => {
    rotateFile(file, older, isFull)
    writeFileSync(file, 'new')
    rotateFile(file, older, isFull)
    expect([content(older), content(file)]).toEqual(['full up', 'new'])
  })

  it('the second one has nothing to do before a new file was begun', () => {
    rotateFile(file, older, isFull)
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual(['full up', null, false])
  })

  it('one that was killed while it did it is waited for, and no longer than 10 s', () => {
    writeFileSync(mark, '')
    rotateFile(file, older, isFull)
    expect(content(older)).toBeNull()
    utimesSync(mark, 0, 0)
    // This one takes the mark away, the next has its turn.
    rotateFile(file, older, isFull)
    rotateFile(file, older, isFull)
    expect([content(older), existsSync(mark)]).toEqual(['full up', false])
  })
})
