import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { buildPackage, filesBelow, output, serveOnce, sevenZip } from './packages.ts'

describeWith([sevenZip], 'the tar.gz', () => {
  let tree: string
  beforeAll(async () => {
    const folder = makeTestFolder('archive')
    const file = await buildPackage('tar.gz', folder)
    tree = path.join(folder, 'tree')
    mkdirSync(tree)
    await output('tar', ['--extract', '--file', file, '--directory', tree, '--strip-components=1'])
  })

  it('holds the app, and keytar once outside its archive', () => {
    const files = filesBelow(tree)
    expect(files).toContain('tokentray-app')
    expect(files).toContain('resources/app.asar')
    expect(files).toContain('tokentray.apparmor')
    const native = files.filter((file) => file.endsWith('keytar.node'))
    expect(native.map((file) => file.split('/')[1]).sort()).toEqual(['app.asar.unpacked', 'cli'])
    expect(files.filter((file) => /(^|\/)test\/|\.map$/.test(file))).toEqual([])
  })

  it('holds the command at the place that docs/install.md names, and it serves', async () => {
    const command = path.join(tree, 'resources/cli/tokentray')
    expect(statSync(command).mode & 0o111).not.toBe(0)
    expect((await output(command, ['--version'])).trim()).toBe(manifest.version)
    expect(await serveOnce(command)).toBe(0)
  })
})
