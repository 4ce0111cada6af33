import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** The fuses of Electron 45 in the order of their wire, by the names of its documentation. */
const FUSES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'embeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const

/** As Electron is shipped. */
const SHIPPED = '101100011'

/**
 * A folder instead of an unpacked Electron, with the files that a packager changes, the fuse wire, and a
 * program that does nothing.
 */
export function makePlaceholderElectron(folder: string): string {
  for (const inside of ['locales', 'resources']) {
    mkdirSync(path.join(folder, inside), { recursive: true })
  }
  const files = ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak']
  for (const file of [...files, 'locales/de.pak', 'version']) {
    writeFileSync(path.join(folder, file), 'placeholder\n')
  }
  const program = path.join(folder, 'electron')
  const version = '\x01'
  const length = String.fromCharCode(FUSES.length)
  writeFileSync(program, `#!/bin/sh\nexit 0\n${SENTINEL}${version}${length}${SHIPPED}\n`)
  chmodSync(program, 0o755)
  return folder
}

/** The fuses that are on in a packaged program. */
export function fusesOn(program: Buffer): readonly string[] {
  const start = program.indexOf(SENTINEL) + SENTINEL.length + 2
  return FUSES.filter((_, index) => program[start + index] === '1'.charCodeAt(0))
}
