import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makePrivate } from '../../../main/base/files/owned-file.ts'
import { setAside } from '../../../main/base/files/set-aside.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

let target: string
let name: string
beforeEach(() => {
  const folder = makeTestFolder('own-file')
  target = path.join(folder, 'target')
  name = path.join(folder, 'name')
  writeFileSync(target, 'text')
  chmodSync(target, 0o644)
})
const modeOf = (file: string) => statSync(file).mode & 0o777

describe('making a file private', () => {
  it("changes the user's own file", () => {
    makePrivate(target)
    expect(modeOf(target)).toBe(0o600)
  })

  it.each([
    ['what a link leads to', () => symlinkSync(target, name)],
    ['a file that has another name too', () => linkSync(target, name)],
  ])('changes nothing for %s', (_what, make) => {
    make()
    makePrivate(name)
    expect(modeOf(target)).toBe(0o644)
  })

  it('changes nothing for anything but a file', () => {
    mkdirSync(name)
    chmodSync(name, 0o755)
    makePrivate(name)
    expect(modeOf(name)).toBe(0o755)
  })
})

describeWith([anotherUser], 'a file of another user', () => {
  it('keeps the access of its owner', () => {
    chownSync(target, 65_534, 65_534)
    makePrivate(target)
    expect(modeOf(target)).toBe(0o644)
  })
})

it('setting a link aside does not change its target', () => {
  symlinkSync(target, name)
  setAside(name, new FakeClock())
  expect(modeOf(target)).toBe(0o644)
})
