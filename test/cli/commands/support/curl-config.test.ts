import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCurlConfig, quoteForShell } from '../../../../main/base/files/curl-config.ts'
import { Secret } from '../../../../main/base/secret.ts'
import { makeTestFolder } from '../../../helpers/marks.ts'
import { PlayedEndpoint } from '../../endpoint.ts'
import { runCli } from '../../run-cli.ts'
import { addedClient, status } from '../../samples.ts'

let endpoint: PlayedEndpoint
let folder: string
let file: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  folder = makeTestFolder('curl-config')
  file = path.join(folder, 'a b.curl')
})
afterEach(() => {
  endpoint.close()
  // It holds a client's secret, as it should.
  rmSync(folder, { recursive: true })
})

const add = (to: string, accounts = 'sftpgo/work') =>
  runCli(endpoint.directories, [
    ...['tools', 'add', 'backup', '--accounts', accounts, '--curl-config', to],
  ])

test('writes ID and secret to a file for curl that only the user can read, and prints no secret', async () => {
  const { exit, stdout, stderr } = await add(file)
  expect(exit).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe(`user = "c1:${addedClient.secret}"\nnoproxy = "*"\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(stdout + stderr).not.toContain(addedClient.secret)
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual([
    `Added: backup. Its ID and secret are in ${file}`,
    'Get a token with:',
    `curl --noproxy '*' -sS -w '\\n' -K '${file}' -d grant_type=client_credentials ${endpoint.issuer}/oauth/token`,
    '',
  ])
})

test('names an account in the line that it prints where there is a choice', async () => {
  const { stdout } = await add(file, 'sftpgo/work,koyeb/x')
  expect(stdout).toContain(
    `-d grant_type=client_credentials -d audience=sftpgo/work ${endpoint.issuer}/oauth/token`,
  )
})

test('says that the port it prints is not the one that tools are set up for', async () => {
  const port_taken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
  endpoint.reply('GET /v1/status', { ...status, port_taken })
  expect((await add(file)).stderr).toBe('Port 4711 is in use. Stop that program.\n')
})

test('does not overwrite an existing file, and then creates no client', async () => {
  writeFileSync(file, 'mine')
  const { exit, stderr } = await add(file)
  expect(exit).toBe(2)
  expect(stderr).toContain('The file already exists')
  expect(stderr).toContain(`delete it and try again: rm -- '${file}'`)
  expect(readFileSync(file, 'utf8')).toBe('mine')
  expect(endpoint.requests).toEqual([])
})

test('creates no folder that is missing, and then no client', async () => {
  const { exit, stderr } = await add(path.join(folder, 'config', 'backup.curl'))
  expect(exit).toBe(2)
  expect(stderr).toContain('That folder does not exist.')
  expect(readdirSync(folder)).toEqual([])
  expect(endpoint.requests).toEqual([])
})

test('does not advise to delete a folder of that name', async () => {
  mkdirSync(file)
  const { exit, stderr } = await add(file)
  expect(exit).toBe(2)
  expect(stderr).toContain('There is a folder of that name. Choose another name.')
})

test('takes a ~ that no shell has seen for the home directory', async () => {
  const home = process.env['HOME']
  process.env['HOME'] = folder
  try {
    expect((await add('~/backup.curl')).stdout).toContain(path.join(folder, 'backup.curl'))
  } finally {
    process.env['HOME'] = home
  }
  expect(existsSync(path.join(folder, 'backup.curl'))).toBe(true)
})

test('makes no client where no file can be made', async () => {
  // A file stands where a folder would have to be.
  writeFileSync(file, 'mine')
  const { exit, stderr } = await add(path.join(file, 'x'))
  expect(exit).toBe(2)
  expect(stderr).toContain('That folder does not exist.')
  expect(endpoint.requests).toEqual([])
})

test('leaves no file where there is no client', async () => {
  endpoint.refuse('POST /v1/clients', 'already_exists')
  const { exit, stderr } = await add(file)
  expect(exit).toBe(2)
  expect(stderr).toContain('tokentray tools new-secret backup')
  expect(existsSync(file)).toBe(false)
})

describe('a new secret', () => {
  const OLD_IS_OVER =
    'The old secret no longer works. Tokens of backup stay valid; to revoke them: tokentray revoke --tool backup\n'
  const renew = (...more: string[]) =>
    runCli(endpoint.directories, ['tools', 'new-secret', 'backup', ...more])

  test('is printed once, and it is said what that means', async () => {
    expect(await renew()).toEqual({
      exit: 0,
      stdout: `client_id: c1\nclient_secret: ${addedClient.secret}\n`,
      stderr: `Save the secret now. It is not shown again.\n${OLD_IS_OVER}`,
    })
  })

  test('replaces the file for curl, and leaves no other beside it', async () => {
    writeFileSync(file, 'old', { mode: 0o644 })
    const { exit, stdout, stderr } = await renew('--curl-config', file)
    expect(exit).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(`user = "c1:${addedClient.secret}"\nnoproxy = "*"\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual([path.basename(file)])
    expect(stdout.split('\n')).toEqual([
      `New secret: backup. Its ID and secret are in ${file}`,
      'Get a token with:',
      `curl --noproxy '*' -sS -w '\\n' -K '${file}' -d grant_type=client_credentials ${endpoint.issuer}/oauth/token`,
      '',
    ])
    expect(stderr).toBe(OLD_IS_OVER)
  })

  test('leaves the old file as it is where there is no new secret', async () => {
    writeFileSync(file, 'old')
    endpoint.refuse('POST /v1/clients/*/secret', 'not_found')
    const { exit, stderr } = await renew('--curl-config', file)
    expect(exit).toBe(2)
    expect(stderr).toContain('Not found.')
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual([path.basename(file)])
  })

  test('is not made, and the old one stays, where a folder stands in place of the file', async () => {
    mkdirSync(file)
    const { exit, stderr } = await renew('--curl-config', file)
    expect(exit).toBe(2)
    expect(stderr).toContain('There is a folder of that name.')
    expect(endpoint.requests).toEqual([])
    expect(readdirSync(folder)).toEqual([path.basename(file)])
  })

  test('says what to do where the file could not be written', async () => {
    const release = endpoint.hold('POST /v1/clients/*/secret')
    const renewal = renew('--curl-config', file)
    await endpoint.asked('POST /v1/clients/*/secret')
    // Made meanwhile by another program.
    mkdirSync(file)
    release()
    const { exit, stderr } = await renewal
    expect(exit).toBe(2)
    expect(stderr).toContain(`Cannot write the file: ${file}`)
    expect(stderr).toContain('ask for a new secret again')
    expect(readdirSync(folder)).toEqual([path.basename(file)])
  })
})

test('escapes what would end the quoted text of a curl file', () => {
  createCurlConfig(file, null).write('a"b', new Secret('c\\d'))
  expect(readFileSync(file, 'utf8')).toContain('user = "a\\"b:c\\\\d"\n')
})

test('keeps a path of a socket on its line, whatever is in its name', () => {
  const socket = '/run/a "b" c\\d\nurl = "http:/evil.example"/tokentray.sock'
  createCurlConfig(file, socket).write('a', new Secret('b'))
  expect(readFileSync(file, 'utf8')).toBe(
    'user = "a:b"\nnoproxy = "*"\n' +
      'unix-socket = "/run/a \\"b\\" c\\\\d\\nurl = \\"http:/evil.example\\"/tokentray.sock"\n',
  )
})

describe('quoteForShell', () => {
  test.each(['plain/file.curl', 'two words', "it's", '$(id)`id`;&|"', ''])(
    'keeps %j one word',
    async (text) => {
      const shell = spawn('sh', ['-c', `printf %s ${quoteForShell(text)}`])
      let output = ''
      shell.stdout.on('data', (chunk) => {
        output += chunk
      })
      await once(shell, 'close')
      expect(output).toBe(text)
    },
  )
})
