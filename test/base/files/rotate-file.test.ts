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

describe('a file that is due for rotation', () => {
  it('is renamed, replacing the previous one', () => {
    writeFileSync(older, 'oldest')
    writeFileSync(file, 'full up')
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual(['full up', null, false])
  })

  it('keeps its name until it is due', () => {
    writeFileSync(file, 'new')
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual([null, 'new', false])
  })

  it('can be tried again after a failed rename', () => {
    mkdirSync(path.join(older, 'in use'), { recursive: true })
    writeFileSync(file, 'full up')
    expect(() => rotateFile(file, older, isFull)).toThrow()
    expect([content(file), existsSync(mark)]).toEqual(['full up', false])
  })
})

describe('of two processes that want to rotate the same file', () => {
  beforeEach(() => writeFileSync(file, 'full up'))

  it('the second leaves it to the first, which is doing it', () => {
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

  it('the second does not rename the new file', () => {
    rotateFile(file, older, isFull)
    writeFileSync(file, 'new')
    rotateFile(file, older, isFull)
    expect([content(older), content(file)]).toEqual(['full up', 'new'])
  })

  it('the second has nothing to do before there is a new file', () => {
    rotateFile(file, older, isFull)
    rotateFile(file, older, isFull)
    expect([content(older), content(file), existsSync(mark)]).toEqual(['full up', null, false])
  })

  it('one that was killed meanwhile blocks the rotation for 10 s at most', () => {
    writeFileSync(mark, '')
    rotateFile(file, older, isFull)
    expect(content(older)).toBeNull()
    utimesSync(mark, 0, 0)
    // This one removes the mark, so that the next one can rotate.
    rotateFile(file, older, isFull)
    rotateFile(file, older, isFull)
    expect([content(older), existsSync(mark)]).toEqual(['full up', false])
  })
})
