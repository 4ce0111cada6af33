import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { USUAL } from '../../../main/desktop/window/window-options.ts'
import { createSizeMemory } from '../../../main/desktop/window/window-size.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const makeFile = () => path.join(makeTestFolder('size'), 'popover.json')

it('remembers the size over a restart, for this user only', () => {
  const file = makeFile()
  createSizeMemory(file).write({ width: 500, height: 700 })
  expect(createSizeMemory(file).read()).toEqual({ width: 500, height: 700 })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it.each(['', 'no JSON', '{"width":1,"height":1}', '{"width":1e9,"height":600}', '[]'])(
  'falls back to the usual size for %j',
  (text) => {
    const file = makeFile()
    writeFileSync(file, text)
    expect(createSizeMemory(file).read()).toEqual(USUAL)
  },
)

it('does not fail if nothing can be written', () => {
  const memory = createSizeMemory(path.join(makeTestFolder('size'), 'none', 'popover.json'))
  memory.write({ width: 500, height: 700 })
  expect(memory.read()).toEqual(USUAL)
})

it('does not follow a link when writing', () => {
  const folder = makeTestFolder('size')
  const target = path.join(folder, 'target')
  writeFileSync(target, 'something else')
  symlinkSync(target, path.join(folder, 'popover.json'))
  createSizeMemory(path.join(folder, 'popover.json')).write({ width: 500, height: 700 })
  expect(readFileSync(target, 'utf8')).toBe('something else')
})
