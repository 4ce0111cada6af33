import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { extractFile, listPackage, statFile } from '@electron/asar'
import { beforeAll, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { environment, Running } from '../cli/built-cli.ts'
import { startKeyRing } from '../helpers/key-ring.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'
import {
  buildDebianPackage,
  type DebianPackage,
  desktopFileUtils,
  dpkg,
  filesBelow,
  output,
  root,
  serveOnce,
} from './packages.ts'
import { fusesOn } from './placeholder-electron.ts'

const KEYTAR = [
  'LICENSE.md',
  'lib/keytar.js',
  'package.json',
  `prebuilds/linux-${process.arch}/keytar.node`,
].map((file) => `node_modules/keytar/${file}`)

describeWith([dpkg], 'the Debian package', () => {
  let built: DebianPackage
  beforeAll(async () => {
    built = await buildDebianPackage()
  })

  const installed = (...parts: string[]) => path.join(built.tree, 'opt/Tokentray', ...parts)
  const inAsar = () =>
    listPackage(installed('resources/app.asar'), { isPack: false })
      .map((entry) => entry.slice(1))
      .filter((entry) => !('files' in statFile(installed('resources/app.asar'), entry)))
      .sort()
  const field = async (name: string) =>
    (await output('dpkg-deb', ['--field', built.file, name])).trim()
  const command = () => path.join(built.tree, 'usr/bin/tokentray')

  it('depends on what Electron and the keychain library need', async () => {
    expect((await field('Depends')).split(', ')).toEqual(
      expect.arrayContaining(['libsecret-1-0', 'libgtk-3-0', 'libnss3', 'libnotify4', 'xdg-utils']),
    )
  })

  it('recommends a keychain, and what shows tray icons in GNOME', async () => {
    expect(await field('Recommends')).toBe('gnome-keyring, gnome-shell-extension-appindicator')
  })

  it('has the name, version and maintainer of package.json', async () => {
    expect(await field('Package')).toBe(manifest.name)
    expect(await field('Version')).toBe(manifest.version)
    expect(await field('Maintainer')).toBe(manifest.author)
  })

  it('switches off every way to make the app run something else, and checks its archive', () => {
    expect(fusesOn(readFileSync(installed('tokentray-app')))).toEqual([
      'cookieEncryption',
      'embeddedAsarIntegrityValidation',
      'onlyLoadAppFromAsar',
      'wasmTrapHandlers',
    ])
  })

  it('has in its archive what was built, the keychain library for this system, and no more', () => {
    const ours = ['main', 'preload', 'renderer'].flatMap((part) =>
      filesBelow(path.join(root, 'out', part)).map((file) => `out/${part}/${file}`),
    )
    const wanted = ours.filter((file) => !file.endsWith('.map'))
    expect(wanted).toContain('out/main/index.js')
    expect(inAsar()).toEqual([...wanted, ...KEYTAR, 'package.json'].sort())
  })

  it('has the native library beside the archive, where the system can load it', () => {
    expect(filesBelow(installed('resources/app.asar.unpacked'))).toEqual(KEYTAR)
    expect(inAsar().filter((file) => file.endsWith('.node'))).toHaveLength(1)
  })

  it('says in package.json where the app starts, and nothing of how it was made', () => {
    const text = extractFile(installed('resources/app.asar'), 'package.json').toString()
    const packed = JSON.parse(text)
    expect(packed).toMatchObject({
      main: './out/main/index.js',
      desktopName: manifest.desktopName,
      version: manifest.version,
    })
    expect(packed).not.toHaveProperty('scripts')
    expect(packed).not.toHaveProperty('devDependencies')
  })

  it('names no folder of the machine that built it', () => {
    const telling = filesBelow(built.tree).filter((file) =>
      readFileSync(path.join(built.tree, file)).includes(`${root}/`),
    )
    expect(telling).toEqual([])
  })

  it('has a desktop entry that belongs to the windows of the app', () => {
    const entry = readFileSync(
      path.join(built.tree, 'usr/share/applications', manifest.desktopName),
      'utf8',
    )
    const fields = new Map(entry.split('\n').map((line) => line.split('=', 2) as [string, string]))
    expect(entry.startsWith('[Desktop Entry]\n')).toBe(true)
    expect(`${fields.get('StartupWMClass')}.desktop`).toBe(manifest.desktopName)
    expect(fields.get('Name')).toBe('Tokentray')
    expect(fields.get('Type')).toBe('Application')
    expect(fields.get('Terminal')).toBe('false')
    expect(fields.get('Categories')).toBe('Utility;')
    const [program = '', ...args] = (fields.get('Exec') ?? '').split(' ')
    expect(args).toEqual(['%U'])
    expect(statSync(path.join(built.tree, program)).mode & 0o111).toBe(0o111)
    const icons = path.join(built.tree, 'usr/share/icons/hicolor')
    expect(filesBelow(icons)).toContain(`48x48/apps/${fields.get('Icon')}.png`)
  })

  it('leaves the name of the command to the command line', async () => {
    const folder = makeTestFolder('control')
    await output('dpkg-deb', ['--control', built.file, folder])
    expect(readdirSync(path.join(built.tree, 'usr/bin'))).toEqual(Object.keys(manifest.bin).sort())
    for (const script of ['postinst', 'postrm']) {
      const text = readFileSync(path.join(folder, script), 'utf8')
      expect(text).toContain("'/usr/bin/tokentray-app'")
      expect(text).not.toMatch(/\/usr\/bin\/tokentray\b(?!-)/)
    }
  })

  it('has a manual page and completions where man and the shells look for them', async () => {
    const share = path.join(built.tree, 'usr/share')
    expect(filesBelow(share).filter((file) => /^(man|bash-|zsh|fish)/.test(file))).toEqual([
      'bash-completion/completions/tokentray',
      'fish/vendor_completions.d/tokentray.fish',
      'man/man1/tokentray.1.gz',
      'zsh/vendor-completions/_tokentray',
    ])
    const { mode } = statSync(path.join(share, 'man/man1/tokentray.1.gz'))
    expect(mode & 0o777).toBe(0o644)
  })

  it('puts a command line on the PATH that knows its version', async () => {
    const running = new Running(command(), ['--version'], { env: environment('/nonexistent') })
    expect(await running.ended).toEqual({ exit: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('has an agent that serves in plain Node, and ends in order', async () => {
    expect(await serveOnce(command())).toBe(0)
  })

  describeWith([desktopFileUtils], 'to the validator of desktop entries', () => {
    it('has nothing wrong', async () => {
      const entry = path.join(built.tree, 'usr/share/applications', manifest.desktopName)
      expect(await output('desktop-file-validate', [entry])).toBe('')
    })
  })

  describeWith([secretService], 'with the system library', () => {
    it('has an agent whose keychain process reads and writes the key ring', async () => {
      const ring = await startKeyRing()
      try {
        expect(await serveOnce(command(), ring)).toBe(0)
      } finally {
        await ring.close()
      }
    })
  })
})
