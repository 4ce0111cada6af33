import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTestFolder } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { samples } from '../samples.ts'

let endpoint: PlayedEndpoint
let folder: string
let file: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  folder = makeTestFolder('transfer')
  file = path.join(folder, 'tokentray.json')
})
afterEach(() => endpoint.close())

const exported = samples['GET /v1/export']
const cli = (...args: string[]) => runCli(endpoint.directories, args)
const read = () => JSON.parse(readFileSync(file, 'utf8')) as object

describe('export', () => {
  test('prints the document, and nothing else, without a file', async () => {
    const { exit, stdout, stderr } = await cli('export')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(exported)
  })

  test('writes a new file for this user alone', async () => {
    const { exit, stdout } = await cli('export', file)
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: `Exported: 1 account, 0 tools and settings to ${file}\n`,
    })
    expect(read()).toEqual(exported)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('leaves an existing file alone, unless --force replaces it', async () => {
    writeFileSync(file, 'mine')
    chmodSync(file, 0o644)
    const refused = await cli('export', file)
    expect(refused).toMatchObject({ exit: 2, stdout: '' })
    expect(refused.stderr).toContain('--force')
    expect(readFileSync(file, 'utf8')).toBe('mine')

    expect(await cli('export', file, '--force')).toMatchObject({ exit: 0 })
    expect(read()).toEqual(exported)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['tokentray.json'])
  })

  test('never writes through a link', async () => {
    const target = path.join(folder, 'target')
    writeFileSync(target, 'mine')
    symlinkSync(target, file)
    expect(await cli('export', file)).toMatchObject({ exit: 2 })
    expect(await cli('export', file, '--force')).toMatchObject({ exit: 0 })
    expect(lstatSync(file).isSymbolicLink()).toBe(false)
    expect(readFileSync(target, 'utf8')).toBe('mine')
  })

  test('says that a folder is missing, and leaves nothing', async () => {
    const { exit, stderr } = await cli('export', path.join(folder, 'no', 'file.json'), '--force')
    expect(exit).toBe(2)
    expect(stderr).toContain('Cannot write the file')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('import', () => {
  test('sends the file, and prints what became of each entry', async () => {
    writeFileSync(file, JSON.stringify(exported))
    endpoint.reply('POST /v1/import', {
      accounts: {
        ...{ added: ['sftpgo/work'], existing: ['koyeb/old'] },
        refused: [{ entry: 'account 3', why: 'This version does not have its service.' }],
      },
      tools: { added: ['backup'], existing: [], refused: [] },
      preferences: { changed: ['lease_seconds'], kept: ['lock_on_sleep'] },
    })
    expect(await cli('import', file)).toEqual({
      exit: 2,
      stdout: `${[
        'Added: sftpgo/work, logged out. Log in with: tokentray login sftpgo/work',
        'Added: backup, without a secret. Get one with: tokentray tools new-secret backup',
        'Already there: koyeb/old',
        'Changed: lease seconds',
        'Not changed: lock on sleep. The file would switch a protection off.',
        'Refused: account 3. This version does not have its service.',
      ].join('\n')}\n`,
      stderr:
        'tokentray: 1 entry of the file was refused. The rest was imported.\n' +
        'Correct the file and import it again, or add them by hand.\n',
    })
    expect(endpoint.bodies('POST /v1/import')).toEqual([exported])
  })

  test('reads standard input with -', async () => {
    const stdin = JSON.stringify(exported)
    expect(await runCli(endpoint.directories, ['import', '-'], { stdin })).toMatchObject({
      exit: 0,
    })
    expect(endpoint.bodies('POST /v1/import')).toEqual([exported])
  })

  test.each([
    ['a folder', () => folder, 'Cannot read the file'],
    ['a missing file', () => path.join(folder, 'none'), 'Cannot read the file'],
    ['a file of more than 1 MB', () => written(' '.repeat(1024 * 1024 + 1)), 'larger than 1 MB'],
    ['text', () => written('MARK my words'), 'It is not JSON'],
    ['lists in lists', () => written('['.repeat(200_000) + ']'.repeat(200_000)), 'too deeply'],
  ])('refuses %s before it calls Tokentray', async (_what, make, says) => {
    const { exit, stdout, stderr } = await cli('import', make())
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('MARK')
    expect(endpoint.requests).toEqual([])
  })

  test.runIf(process.platform === 'linux')('says that a file cannot be read', async () => {
    const { exit, stderr } = await cli('import', '/proc/self/mem')
    expect(exit).toBe(2)
    expect(stderr).toContain('Cannot read the file: /proc/self/mem')
  })

  test('stops reading standard input after 1 MB', async () => {
    const stdin = 'x'.repeat(1024 * 1024 + 1)
    const { exit, stderr } = await runCli(endpoint.directories, ['import', '-'], { stdin })
    expect(exit).toBe(2)
    expect(stderr).toContain('larger than 1 MB')
  })
})

function written(text: string): string {
  writeFileSync(file, text)
  return file
}
