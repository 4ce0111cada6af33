import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { curl, describeWith, zsh } from '../../helpers/needs.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account, svixAccount, token } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (line: string) => runCli(endpoint.directories, line.split(' '))
const inFormat = (format: string) => cli(`token sftpgo/work --format ${format}`)

const EXPIRES_AT = '2030-01-02T03:14:05Z'

/** A token as a hostile service could send it. */
const hostile = (text: string) => ({ ...token, access_token: text })
const bearing = (value: string) => ({ ...token, headers: { Authorization: value } })

describe('the formats of a token', () => {
  test('plain is the token alone', async () => {
    const plain = { exit: 0, stdout: `${token.access_token}\n`, stderr: '' }
    expect(await inFormat('plain')).toEqual(plain)
    expect(await cli('token sftpgo/work')).toEqual(plain)
  })

  test.each(['--json', '--format json', '--format=json'])(
    '%s says when it expires, as RFC 3339',
    async (option) => {
      const { stdout } = await cli(`token sftpgo/work ${option}`)
      expect(JSON.parse(stdout)).toEqual({ ...token, expires_at: EXPIRES_AT })
    },
  )

  test('header is what the command "header" prints', async () => {
    expect(await inFormat('header')).toEqual(await cli('header sftpgo/work'))
  })

  test('a line break in a header or in a token for a shell is refused', async () => {
    endpoint.reply('POST /v1/tokens', bearing('Bearer a\nX-Injected: b'))
    expect(await inFormat('header')).toMatchObject({ exit: 8, stdout: '' })
    endpoint.clear('POST /v1/tokens')
    endpoint.reply('POST /v1/tokens', hostile('a\nrm -rf /'))
    expect(await inFormat('env')).toMatchObject({ exit: 8, stdout: '' })
  })

  test.each([
    ['--json --format plain', /cannot be used with/],
    ['--format yaml', /Allowed choices are plain, json, header, env, netrc\./],
    ['--variable A', /--variable requires --format env/],
    ['--format env --variable A;reboot', /letters, digits and underscores/],
  ])('refuses "%s"', async (options, reason) => {
    const { exit, stdout, stderr } = await cli(`token sftpgo/work ${options}`)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(reason)
    expect(endpoint.requests).toEqual([])
  })
})

describe('env', () => {
  const NASTY = `a'b"c$(echo pwned)\`id\`\\ !#~ * $HOME`

  const evaluated = (shell: string, text: string, variable: string) =>
    execFileSync(shell, ['-c', `eval "$1"; printf %s "$${variable}"`, shell, text], {
      encoding: 'utf8',
      env: {},
      // Bash reads its start file when its input is a socket.
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  test('is one line, with the end as a comment', async () => {
    const { stdout } = await inFormat('env')
    expect(stdout).toBe(
      `export SFTPGO_WORK_TOKEN='${token.access_token}' # expires ${EXPIRES_AT}\n`,
    )
  })

  test('is evaluated by a shell to the token, whatever it contains', async () => {
    endpoint.reply('POST /v1/tokens', hostile(NASTY))
    const { stdout } = await cli('token sftpgo/work --format env --variable _my2')
    expect(evaluated('/bin/sh', stdout, '_my2')).toBe(NASTY)
    expect(evaluated('/bin/bash', stdout, '_my2')).toBe(NASTY)
  })

  describeWith([zsh], 'in zsh', () => {
    test('has a comment that an interactive shell ignores', async () => {
      endpoint.reply('POST /v1/tokens', hostile(NASTY))
      const { stdout } = await inFormat('env')
      const script = 'eval "$1"; printf %s "$SFTPGO_WORK_TOKEN"'
      const args = ['-f', '-i', '-c', script, 'zsh', stdout]
      expect(execFileSync('zsh', args, { encoding: 'utf8', env: {} })).toBe(NASTY)
    })
  })

  test('prints nothing where there is no token, and fails', async () => {
    endpoint.refuse('POST /v1/tokens', 'vault_locked')
    expect(await inFormat('env')).toMatchObject({ exit: 7, stdout: '' })
  })
})

describe('netrc', () => {
  const secret = markedSecret('netrc')

  test('has a bearer token as the password, for the host of the address', async () => {
    const url = 'https://files.example.com:8443/behind/a/path'
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, values: { url } }] })
    endpoint.reply('POST /v1/tokens', bearing(`Bearer ${secret}`))
    const stdout = `machine files.example.com login work password ${secret}\n`
    expect(await inFormat('netrc')).toEqual({ exit: 0, stdout, stderr: '' })
  })

  describeWith([curl], 'for curl', () => {
    test('is the file that it takes the credentials from', async () => {
      const seen: (string | undefined)[] = []
      const server = createServer((request, response) => {
        seen.push(request.headers.authorization)
        response.end()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, values: { url } }] })
      endpoint.reply('POST /v1/tokens', bearing(`Bearer ${secret}`))
      const file = path.join(endpoint.home, 'netrc')
      writeFileSync(file, (await inFormat('netrc')).stdout, { mode: 0o600 })
      const curled = spawn('curl', ['-sS', '--noproxy', '*', '--netrc-file', file, url])
      expect(await once(curled, 'close')).toEqual([0, null])
      server.close()
      expect(seen).toEqual([`Basic ${Buffer.from(`work:${secret}`).toString('base64')}`])
    })
  })

  test('has the name and the password of basic credentials', async () => {
    const credentials = Buffer.from(`alice:${secret}`).toString('base64')
    endpoint.reply('POST /v1/tokens', bearing(`Basic ${credentials}`))
    const stdout = `machine files.example.com login alice password ${secret}\n`
    expect(await inFormat('netrc')).toEqual({ exit: 0, stdout, stderr: '' })
  })

  test.each([
    ['another scheme', { Authorization: `giantswarm ${secret}` }],
    ['another header', { 'X-API-KEY': secret }],
    ['two headers', { Authorization: `Bearer ${secret}`, 'X-Second': 'two' }],
  ])('is refused for a service that takes %s', async (_what, headers) => {
    endpoint.reply('POST /v1/tokens', { ...token, headers })
    const { exit, stdout, stderr } = await inFormat('netrc')
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(/^tokentray: Tokens of sftpgo\/work do not fit into netrc\./)
    expect(stderr).not.toContain(secret)
  })

  test('has no entry that a token could have added', async () => {
    const credentials = Buffer.from('alice:a\nmachine b login c password d').toString('base64')
    endpoint.reply('POST /v1/tokens', bearing(`Basic ${credentials}`))
    expect(await inFormat('netrc')).toMatchObject({ exit: 8, stdout: '' })
  })

  test('is refused without a token where the account has no address', async () => {
    endpoint.reply('GET /v1/accounts', { accounts: [svixAccount] })
    const { exit, stderr } = await cli('token svix/first --format netrc')
    expect(exit).toBe(2)
    expect(stderr).toMatch(/^tokentray: The host of svix\/first is not known\./)
    expect(endpoint.bodies('POST /v1/tokens')).toEqual([])
  })
})
