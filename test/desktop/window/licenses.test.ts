import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readLicenses } from '../../../main/desktop/window/licenses.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const library = (name: string) => ({ name, version: '1.0.0', license: 'MIT', text: `${name}'s` })

it('lists the libraries of both bundles by name, each once', async () => {
  const out = makeTestFolder('licenses')
  for (const [part, names] of [
    ['main', ['zod', 'both']],
    ['renderer', ['react', 'both']],
  ] as const) {
    mkdirSync(path.join(out, part))
    const list = JSON.stringify(names.map(library))
    writeFileSync(path.join(out, part, 'licenses.json'), list)
  }
  const found = await readLicenses(path.join(out, 'main'))
  expect(found).toEqual(['both', 'react', 'zod'].map(library))
})
