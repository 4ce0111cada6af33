import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { environment, Running } from '../cli/built-cli.ts'
import type { KeyRing } from '../helpers/key-ring.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import type { Component } from '../helpers/needs.ts'
import { makePlaceholderElectron } from './placeholder-electron.ts'

const execute = promisify(execFile)

/** The project's own folder. */
export const root = path.resolve(import.meta.dirname, '../..')

export const dpkg: Component = {
  name: 'dpkg-deb',
  install: 'run the tests on Debian, or install dpkg',
  isThere: () => existsSync('/usr/bin/dpkg-deb'),
}

export const desktopFileUtils: Component = {
  name: 'desktop-file-validate',
  install: 'apt install desktop-file-utils',
  isThere: () => existsSync('/usr/bin/desktop-file-validate'),
}

const SEVEN_ZIP = '/usr/bin/7za'

export const sevenZip: Component = {
  name: '7za',
  install: 'apt install p7zip-full',
  isThere: () => existsSync(SEVEN_ZIP),
}

/** Runs a program to its end, which must be a good one; what it printed. */
export async function output(command: string, args: readonly string[]): Promise<string> {
  const { ELECTRON_OVERRIDE_DIST_PATH: _, ...env } = process.env
  const fpm = path.join(import.meta.dirname, 'fpm-on-dpkg.sh')
  // Programs of the system's own in place of those that electron-builder would fetch.
  const tools = { CUSTOM_FPM_PATH: fpm, ELECTRON_BUILDER_7ZIP_PATH: SEVEN_ZIP }
  const options = { cwd: root, env: { ...env, ...tools }, maxBuffer: 2 ** 26 }
  return (await execute(command, args, options)).stdout
}

/** Assembles and packs the package of the command line there, as `npm run package` does. */
export async function makeNpmPackage(folder?: string): Promise<void> {
  if (!existsSync(path.join(root, 'out/cli/tokentray.cjs'))) {
    throw new Error('Build first: npm run build')
  }
  await output(process.execPath, ['build/npm-package.mjs', ...(folder ? [folder] : [])])
}

export interface DebianPackage {
  readonly file: string
  /** What it installs, unpacked. */
  readonly tree: string
}

/** Builds one kind of package around a placeholder for Electron; its file. */
export async function buildPackage(target: 'deb' | 'tar.gz', folder: string): Promise<string> {
  const electron = makePlaceholderElectron(path.join(folder, 'electron'))
  const dist = path.join(folder, 'dist')
  await makeNpmPackage()
  await output(process.execPath, [
    'node_modules/electron-builder/cli.js',
    ...['--linux', target, '--publish', 'never'],
    ...[`-c.electronDist=${electron}`, `-c.directories.output=${dist}`],
  ])
  const name = readdirSync(dist).find((file) => file.endsWith(`.${target}`)) ?? 'no package'
  return path.join(dist, name)
}

/** Builds the Debian package and unpacks it. */
export async function buildDebianPackage(): Promise<DebianPackage> {
  const folder = makeTestFolder('deb')
  const file = await buildPackage('deb', folder)
  const tree = path.join(folder, 'tree')
  await output('dpkg-deb', ['--extract', file, tree])
  return { file, tree }
}

/** All files below a folder, sorted, relative to it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

/**
 * Starts the agent of an installed command, over a key ring or in memory, waits until it is ready and
 * stops it: its exit code.
 */
export async function serveOnce(command: string, ring?: KeyRing): Promise<number | null> {
  const env = { ...environment(makeTestFolder('home')), ...ring?.env }
  const serving = new Running(command, ['serve', ...(ring ? [] : ['--memory'])], { env })
  try {
    const early = serving.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))
    await Promise.race([
      serving.shows(ring ? 'passwords: in the keychain' : 'passwords: in memory'),
      early,
    ])
    serving.child.kill('SIGTERM')
    return (await serving.ended).exit
  } finally {
    serving.child.kill('SIGKILL')
  }
}
