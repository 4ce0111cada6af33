import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type Installation, install } from './real-agent.ts'

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()

/** What the next start prints before it gives up. */
async function refusalOf(installation: Installation, args: readonly string[] = []) {
  const { code, stdout, stderr } = await installation.cli(['serve', ...args])
  expect(stdout).toBe('')
  return { code, stderr }
}

it('refuses to start on settings of a newer version, names it, and changes nothing', async () => {
  const installation = install()
  const config = path.join(installation.home, '.config', 'tokentray')
  const file = path.join(config, 'settings-memory.json')
  const newer = JSON.stringify({ version: 2, writtenBy: '77.1.0', port: 4711, accounts: {} })
  mkdirSync(config, { recursive: true, mode: 0o700 })
  writeFileSync(file, newer)
  const { code, stderr } = await refusalOf(installation, ['--memory'])
  expect(code).toBe(7)
  expect(stderr).toContain(`${file} was written by Tokentray 77.1.0`)
  expect(stderr).toContain('Start Tokentray 77.1.0 or a later version.')
  expect(readFileSync(file, 'utf8')).toBe(newer)
  expect(filesBelow(config)).toEqual(['settings-memory.json'])
  // The lock is released, so that the newer version can start at once.
  const [lock = ''] = readdirSync(installation.data).filter((name) => name.startsWith('broker.'))
  expect(readFileSync(path.join(installation.data, lock), 'utf8')).toBe('{}')
})

it('refuses to start on a ledger of a newer version, without asking the keychain', async () => {
  const installation = install()
  const newer = '{"format":"tokentray-ledger","version":2,"writtenBy":"77.1.0"}\n1.AAAA\n'
  mkdirSync(installation.data, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(installation.data, 'ledger'), newer, { mode: 0o600 })
  const { code, stderr } = await refusalOf(installation)
  expect(code).toBe(7)
  expect(stderr).toContain('ledger was written by Tokentray 77.1.0')
  expect(readFileSync(path.join(installation.data, 'ledger'), 'utf8')).toBe(newer)
  expect(filesBelow(path.join(installation.home, '.config'))).toEqual(['tokentray'])
})

it('refuses to start when a settings link is dangling, and creates nothing', async () => {
  const installation = install()
  const config = path.join(installation.home, '.config', 'tokentray')
  mkdirSync(config, { recursive: true, mode: 0o700 })
  const away = path.join(installation.home, 'dotfiles', 'tokentray.json')
  symlinkSync(away, path.join(config, 'settings.json'))
  const { code, stderr } = await refusalOf(installation)
  expect(code).toBe(7)
  expect(stderr).toContain(`is a link to ${away}, which does not exist.`)
  expect(filesBelow(installation.home)).not.toContain('dotfiles')
})
