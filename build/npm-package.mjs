import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

/*
 * `node build/npm-package.mjs [FOLDER]`, after `npm run build`: builds an npm package with the command
 * line and the agent in out/npm (or FOLDER), and packs it beside that folder. The installers include
 * the same folder.
 */

const IMPORTED = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}\/[^"']+\.js)["']/g

/** The agent, and the keychain process that it starts. */
const ENTRIES = ['out/main/agent.js', 'out/main/keychain-process.js']

const root = path.resolve(import.meta.dirname, '..')
const folder = path.resolve(process.argv[2] ?? path.join(root, 'out', 'npm'))
const project = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

rmSync(folder, { recursive: true, force: true })
const modules = new Set(ENTRIES.flatMap((entry) => [...withImports(entry)]))
for (const file of ['README.md', ...Object.values(project.bin), ...modules]) {
  const from = path.join(root, file)
  if (!existsSync(from)) fail(`${file} is missing. Run: npm run build`)
  cpSync(from, path.join(folder, file))
}
// Made from the commands that the command line has.
const MANUAL = 'share/man/man1/tokentray.1.gz'
write(MANUAL, gzipSync(printed('manual-page'), { level: 9 }))
write('share/bash-completion/completions/tokentray', printed('completion', 'bash'))
write('share/zsh/vendor-completions/_tokentray', printed('completion', 'zsh'))
write('share/fish/vendor_completions.d/tokentray.fish', printed('completion', 'fish'))

const { name, version, description, author, homepage, license, type, bin, engines, dependencies } =
  project
mkdirSync(folder, { recursive: true })
writeFileSync(
  path.join(folder, 'package.json'),
  `${JSON.stringify(
    {
      ...{ name, version, description, author, homepage, license },
      ...{ type, bin, man: `./${MANUAL}`, engines, dependencies, files: ['out', 'share'] },
    },
    null,
    2,
  )}\n`,
)

const packed = spawnSync(
  'npm',
  ['pack', '--silent', '--ignore-scripts', `./${path.basename(folder)}`],
  {
    cwd: path.dirname(folder),
    stdio: ['ignore', 'inherit', 'inherit'],
    // On Windows npm is a batch file.
    shell: process.platform === 'win32',
  },
)
if (packed.status !== 0) fail('npm pack failed.')

/**
 * A built module and everything that it imports, as paths from the project's root.
 * @param {string} file
 * @param {Set<string>} found
 * @returns {Set<string>}
 */
function withImports(file, found = new Set()) {
  found.add(file)
  const source = path.join(root, file)
  if (!existsSync(source)) return found
  for (const [, target = ''] of readFileSync(source, 'utf8').matchAll(IMPORTED)) {
    const imported = path.posix.join(path.posix.dirname(file), target)
    // The bundle also contains text that looks like imports.
    if (!found.has(imported) && existsSync(path.join(root, imported))) withImports(imported, found)
  }
  return found
}

/**
 * What the built command line prints.
 * @param {string[]} args
 */
function printed(...args) {
  const program = path.join(root, 'out/cli/tokentray.cjs')
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
  if (status !== 0) fail(`tokentray ${args.join(' ')} failed.`)
  return stdout
}

/**
 * @param {string} file
 * @param {string | Buffer} content
 */
function write(file, content) {
  const target = path.join(folder, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, content)
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  console.error(`npm-package: ${reason}`)
  process.exit(1)
}
