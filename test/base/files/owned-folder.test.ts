import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeOwnedFolder } from '../../../main/base/files/owned-folder.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

const refused = expect.objectContaining({ code: 'record_unavailable' })
const mode = (folder: string) => statSync(folder).mode & 0o777

describe('a private folder', () => {
  let base: string

  beforeEach(() => {
    base = makeTestFolder('own')
  })

  it('is created for this user only, with its parent folders', () => {
    const folder = path.join(base, 'a', 'b')
    makeOwnedFolder(folder)
    expect(mode(folder)).toBe(0o700)
  })

  it('is closed to other users if it was open before', () => {
    const folder = path.join(base, 'open')
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    makeOwnedFolder(folder)
    expect(mode(folder)).toBe(0o700)
  })

  it('is not the target of a link', () => {
    const link = path.join(base, 'link')
    symlinkSync(makeTestFolder('elsewhere'), link)
    expect(() => makeOwnedFolder(link)).toThrow(refused)
  })

  it('is not created behind a broken link, which the error names', () => {
    const away = path.join(makeTestFolder('elsewhere'), 'away')
    const link = path.join(base, 'link')
    symlinkSync(away, link)
    for (const folder of [link, path.join(link, 'below')]) {
      expect(() => makeOwnedFolder(folder)).toThrow(
        expect.objectContaining({ message: expect.stringContaining(`${link} is a link`) }),
      )
    }
    expect(existsSync(away)).toBe(false)
  })

  it('is not a file', () => {
    expect(() => makeOwnedFolder(path.join(base, 'a'))).not.toThrow()
    expect(() => makeOwnedFolder('/dev/null')).toThrow(refused)
  })

  it.each(['', '/below'])(
    'is no file, nor below one, and the error says so: a folder%s',
    (below) => {
      const file = path.join(base, 'file')
      writeFileSync(file, 'mine')
      const folder = `${file}${below}`
      expect(() => makeOwnedFolder(folder)).toThrow(
        expect.objectContaining({
          code: 'record_unavailable',
          message: `${folder} is not a folder.`,
        }),
      )
    },
  )
})

describeWith([anotherUser], 'a folder of another user', () => {
  it('is not accepted if it belongs to another user, and stays unchanged', () => {
    const folder = path.join(makeTestFolder('own'), 'theirs')
    mkdirSync(folder)
    chownSync(folder, 65_534, 65_534)
    chmodSync(folder, 0o777)
    expect(() => makeOwnedFolder(folder)).toThrow(refused)
    expect(mode(folder)).toBe(0o777)
  })
})
