import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const LICENSE_FILE = /^(licen[cs]e|copying)/i

/**
 * A plugin that writes `licenses.json` beside the bundle: every library that is part of it, with its license.
 * `more` are folders of libraries that are shipped beside it.
 *
 * (Vite's own `build.license` fails on packages whose `license` is not a text.)
 *
 * @param {readonly string[]} more
 * @returns {import('vite').Plugin}
 */
export function licenses(more = []) {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const folders = new Set(more)
      for (const chunk of Object.values(bundle)) {
        for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
          const folder = folderOf(id.replace(/^\0/, ''))
          if (folder !== null) folders.add(folder)
        }
      }
      const found = [...folders].map(toLicense)
      found.sort((one, other) => (one.name < other.name ? -1 : 1))
      this.emitFile({ type: 'asset', fileName: 'licenses.json', source: JSON.stringify(found) })
    },
  }
}

/**
 * The folder of the package that a module is in; `null` for our own modules.
 *
 * @param {string} id
 */
function folderOf(id) {
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)
  return found?.[1] ?? null
}

/** @param {string} folder */
function toLicense(folder) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  )
  const file = readdirSync(folder).find((each) => LICENSE_FILE.test(each))
  return {
    ...{ name, version },
    license: typeof license === 'string' ? license : (license?.type ?? ''),
    text: file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8').trim(),
  }
}
