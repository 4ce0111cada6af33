import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Marked secrets: every password that a test uses, and every token that a simulator issues, is
 * registered here, and after the last test everything that the suite wrote is searched for them.
 */
const MARK = 'ttmark'

/** The folder for everything that tests write; created by the global set-up. */
export function testRoot(): string {
  const root = process.env['TOKENTRAY_TEST_ROOT']
  if (!root) throw new Error('TOKENTRAY_TEST_ROOT is not set: run through vitest.')
  return root
}

/** Creates a folder, readable by its owner only, below the root that is searched afterwards. */
export function makeTestFolder(name: string): string {
  const folder = path.join(testRoot(), `${name}-${randomBytes(6).toString('hex')}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A secret that the final search finds, also in base64. */
export function markedSecret(label = 'secret'): string {
  return `${MARK}-${label}-${randomBytes(9).toString('hex')}`
}

/** Registers a secret that cannot carry the mark, such as a token that a simulator made up. */
export function registerSecret(secret: string): void {
  const register = process.env['TOKENTRAY_TEST_REGISTER']
  if (register) appendFileSync(register, `${distinctive(secret)}\n`)
}

/** All secrets registered so far. */
export function readRegister(): ReadonlySet<string> {
  const register = process.env['TOKENTRAY_TEST_REGISTER']
  return new Set(register ? readFileSync(register, 'utf8').split('\n').filter(Boolean) : [])
}

/** The signature of a JWT, or all of any other secret: long enough not to occur by chance. */
function distinctive(secret: string): string {
  return secret.split('.').at(-1) ?? secret
}

const MARK_BASE64 = [0, 1, 2].map((shift) => {
  const encoded = Buffer.from(`${'x'.repeat(shift)}${MARK}`)
    .toString('base64')
    .replace(/=+$/, '')
  // The characters at both ends also depend on the text around the mark.
  return encoded.slice(shift === 0 ? 0 : shift + 1, -1)
})

/** The names of the secrets that leaked into this text; empty if none did. */
export function findLeaks(text: string, registered: ReadonlySet<string>): string[] {
  const leaks = new Set<string>()
  for (const match of text.matchAll(new RegExp(`${MARK}-[a-z0-9-]*`, 'gi'))) leaks.add(match[0])
  for (const encoded of MARK_BASE64) if (text.includes(encoded)) leaks.add(`base64 of the mark`)
  for (const match of text.matchAll(/[A-Za-z0-9_-]{20,2048}/g)) {
    if (registered.has(match[0])) leaks.add(match[0])
  }
  return [...leaks]
}

/** Searches every file below a folder, and names each leak with its file. */
export function searchForLeaks(folder: string, registered: ReadonlySet<string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .flatMap((file) =>
      findLeaks(readFileSync(file, 'latin1'), registered).map((leak) => `${file}: ${leak}`),
    )
}
