import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { environment, Running } from '../cli/built-cli.ts'
import { startKeyRing } from '../helpers/key-ring.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'
import { filesBelow, makeNpmPackage, output, root, serveOnce } from './packages.ts'

describe('the npm package', () => {
  let folder: string
  let assembled: string
  let archive: string
  beforeAll(async () => {
    folder = makeTestFolder('npm')
    assembled = path.join(folder, 'assembled')
    await makeNpmPackage(assembled)
    archive = path.join(folder, `tokentray-${manifest.version}.tgz`)
  })

  it('has the command line, the agent, its keychain process, what they import, and no Electron', () => {
    const files = filesBelow(assembled)
    const chunks = files.filter((file) => /^out\/main\/chunks\/[^/]+\.js$/.test(file))
    expect(chunks).not.toEqual([])
    const others = files.filter((file) => !chunks.includes(file))
    expect(others).toEqual(
      [
        ...['README.md', 'package.json', ...Object.values(manifest.bin).map(path.normalize)],
        ...['out/main/agent.js', 'out/main/keychain-process.js'],
        ...['share/bash-completion/completions/tokentray', 'share/man/man1/tokentray.1.gz'],
        ...['share/fish/vendor_completions.d/tokentray.fish'],
        ...['share/zsh/vendor-completions/_tokentray'],
      ].sort(),
    )
    for (const file of files.filter((each) => each.startsWith('out/main/'))) {
      expect(readFileSync(path.join(assembled, file), 'utf8')).not.toMatch(/from ["']electron["']/)
    }
  })

  it('has a manual page for npm to install, the same in every build, and completions', async () => {
    const { man } = JSON.parse(readFileSync(path.join(assembled, 'package.json'), 'utf8'))
    const page = readFileSync(path.join(assembled, man))
    expect(gunzipSync(page).toString()).toMatch(/^\.TH TOKENTRAY 1/)
    // No time of its making: RFC 1952 section 2.3.1.
    expect(page.readUInt32LE(4)).toBe(0)
    const script = path.join(assembled, 'share/bash-completion/completions/tokentray')
    expect(readFileSync(script, 'utf8')).toMatch(/^complete -F _tokentray tokentray$/m)
  })

  it('can be published, and needs the keychain library only', () => {
    const packed = JSON.parse(readFileSync(path.join(assembled, 'package.json'), 'utf8'))
    const { name, version, bin, engines, type, dependencies } = manifest
    expect(packed).toMatchObject({ name, version, bin, engines, type })
    expect(packed.dependencies).toEqual({ keytar: dependencies.keytar })
    expect(Object.keys(packed)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(private|scripts|devDependencies)$/)]),
    )
  })

  it('installs from its archive, and its command runs and serves', async () => {
    const prefix = path.join(folder, 'prefix')
    mkdirSync(prefix)
    writeFileSync(path.join(prefix, 'package.json'), '{"private":true}')
    // The library from this checkout, so that no network is needed.
    const keytar = `keytar@file:${path.join(root, 'node_modules/keytar')}`
    const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
    await output('npm', ['install', '--prefix', prefix, ...quiet, archive, keytar])
    const installed = path.join(prefix, 'node_modules/tokentray')
    expect(readdirSync(installed).sort()).toEqual(['README.md', 'out', 'package.json', 'share'])

    const command = path.join(prefix, 'node_modules/.bin/tokentray')
    const env = environment('/nonexistent')
    expect(await new Running(command, ['--version'], { env }).ended).toEqual({
      exit: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    })
    expect(await serveOnce(command)).toBe(0)

    const helper = path.join(prefix, 'node_modules/.bin/docker-credential-tokentray')
    expect((await new Running(helper, ['version'], { env }).ended).stdout).toBe(
      `docker-credential-tokentray ${manifest.version}\n`,
    )
  })

  describeWith([secretService], 'with the system library', () => {
    it('has a keychain process that reads and writes the key ring', async () => {
      const ring = await startKeyRing()
      try {
        const command = path.join(folder, 'prefix/node_modules/.bin/tokentray')
        expect(await serveOnce(command, ring)).toBe(0)
      } finally {
        await ring.close()
      }
    })
  })
})
