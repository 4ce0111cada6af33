import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ErrorCode, errorTable } from '../../main/base/errors.ts'
import manifest from '../../package.json' with { type: 'json' }
import { makeTestFolder, markedSecret } from '../helpers/marks.ts'
import { curl, describeWith, linuxProc, prlimit } from '../helpers/needs.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { buildCli, type Ended, environment, Running } from './built-cli.ts'
import { PlayedEndpoint } from './endpoint.ts'
import { account, portal, token } from './samples.ts'

let program: string
let endpoint: PlayedEndpoint
beforeAll(async () => {
  program = await buildCli()
})
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())
afterAll(() => rmSync(path.resolve(program, '../../..'), { recursive: true }))

const start = (
  args: readonly string[],
  stdout: 'pipe' | number = 'pipe',
  env: NodeJS.ProcessEnv = {},
) =>
  new Running(process.execPath, [program, ...args], {
    env: { ...environment(endpoint.home), ...env },
    stdio: ['pipe', stdout, 'pipe'],
  })

function cli(args: string, stdin = ''): Promise<Ended> {
  const running = start(args.split(' ').filter(Boolean))
  running.child.stdin?.end(stdin)
  return running.ended
}

describe('the built file', () => {
  test('prints its version', async () => {
    const ended = { exit: 0, stdout: `${manifest.version}\n`, stderr: '' }
    expect(await cli('--version')).toEqual(ended)
  })

  test('says on an interrupt that Tokentray continues a logout', async () => {
    const release = endpoint.hold('POST /v1/accounts/*/logout')
    const running = start(['logout', account.id])
    await endpoint.asked('POST /v1/accounts/*/logout')
    running.child.kill('SIGINT')
    const stderr =
      'tokentray: Tokentray continues in the background.\nTo see its progress: tokentray status\n'
    expect(await running.ended).toEqual({ exit: 130, stdout: '', stderr })
    release()
  })

  test('is one small script that loads neither zod nor a second HTTP client', () => {
    const text = readFileSync(program, 'utf8')
    expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true)
    expect(text.length).toBeLessThan(240_000)
    expect(text).not.toMatch(/ZodError|undici|require\(`?"?\.\//)
  })

  test.each([
    ...['', 'serve', 'login', 'logout', 'accounts', 'accounts list', 'accounts rename'],
    ...['accounts remove', 'accounts set', 'token', 'header', 'tools', 'tools add'],
    ...['tools list', 'tools remove', 'active', 'revoke', 'activity', 'lock', 'unlock'],
    ...['status', 'reset', 'accounts show', 'tokens', 'tokens list', 'tokens revoke'],
    ...['tokens revoke-all', 'rotate', 'portal', 'tools set', 'tools new-secret'],
    ...['export', 'import', 'stop', 'version', 'completion', 'credential', 'credential git'],
    ...['credential docker', 'credential kubernetes', 'credential cargo'],
  ])('explains itself with "%s --help"', async (command) => {
    const { exit, stdout, stderr } = await cli(`${command} --help`)
    expect(exit).toBe(0)
    expect(stderr).toBe('')
    const [usage = '', , description] = stdout.split('\n')
    expect(usage).toMatch(new RegExp(`^Usage: tokentray ${command}`))
    expect(description).toMatch(/^\w.{8,}/)
    const named = usage.match(/(?<=[<[])(?!options|command)[\w|-]+(?=[>\]])/g) ?? []
    const described =
      stdout
        .split('Arguments:\n')[1]
        ?.split('\n\n')[0]
        ?.match(/^ {2}\S+ +\S/gm) ?? []
    expect(described).toHaveLength(named.length)
  })

  test('lists every command with a description and three examples', async () => {
    const { stdout } = await cli('--help')
    const commands = stdout.split('Commands:')[1]?.match(/^ {2}[a-z-]+.* {2,}\S/gm)
    expect(commands).toHaveLength(24)
    expect(stdout.match(/^ {2}\$ tokentray .+$/gm)).toHaveLength(3)
  })
})

const codes = Object.keys(errorTable) as ErrorCode[]

describe('ends with the exit code of the error table', () => {
  const said = codes.filter((code) => errorTable[code].http !== null && code !== 'cancelled')

  test.each(said)('%s', async (code) => {
    endpoint.refuse('POST /v1/tokens', code, { retry_after: 110 })
    const { exit, stdout, stderr } = await cli('token sftpgo/work')
    expect(exit).toBe(errorTable[code].exit)
    expect(stdout).toBe('')
    const [sentence, hint] = stderr.split('\n')
    expect(sentence).toBe(`tokentray: ${errorTable[code].sentence}`)
    expect(hint).toMatch(/Try again in 2 min\.$/)
  })

  test('not_running', async () => {
    rmSync(endpoint.directories.run, { recursive: true })
    expect((await cli('status')).exit).toBe(errorTable.not_running.exit)
  })
})

describe('standard output', () => {
  test('carries the token and nothing else', async () => {
    const ended = { exit: 0, stdout: `${token.access_token}\n`, stderr: '' }
    expect(await cli('token sftpgo/work')).toEqual(ended)
  })

  test('may be closed by the reader', async () => {
    const release = endpoint.hold('GET /v1/accounts')
    const running = start(['accounts'])
    await endpoint.asked('GET /v1/accounts')
    running.child.stdout?.destroy()
    release()
    expect(await running.ended).toMatchObject({ exit: 0, stderr: '' })
  })

  test('is complete, even if not everything was revoked', async () => {
    const waits = { account: account.id, at_service: 'pending', why: 'It is down.' } as const
    const leases = Array.from({ length: 20_000 }, (_, index) => ({
      lease_id: `l${index}`,
      ...waits,
    }))
    endpoint.reply('POST /v1/leases/end', { leases })
    const { exit, stdout } = await cli('revoke --all --json')
    expect(exit).toBe(errorTable.done_in_part.exit)
    expect(JSON.parse(stdout)).toEqual({ leases })
  })

  describeWith([linuxProc], 'on Linux', () => {
    test('that cannot be written is a failure', async () => {
      const { exit, stderr } = await start(['status'], openSync('/dev/full', 'w')).ended
      expect(exit).toBe(1)
      expect(stderr).toMatch(/^tokentray: Cannot write the output\.\n/)
    })
  })
})

describe('activity', () => {
  const ROUTE = 'POST /v1/activity'
  const told = (seq: number) => ({
    ...{ at: 1_767_225_600, seq, event: 'lock', what: `Locked ${seq}`, who: 'by Tokentray' },
  })

  test.each([
    ['shown', []],
    ['followed', ['--follow']],
  ])('that is %s exits silently when its output is closed', async (_how, options) => {
    const lines = Array.from({ length: 1_000 }, (_, index) => told(1_000 - index))
    const later = { lines: [told(1_001)], last: 1_001 }
    endpoint.reply(ROUTE, { lines, last: 1_000 }, later)
    const running = start(['activity', ...options])
    await running.shows('Locked 1')
    running.child.stdout?.destroy()
    expect(await running.ended).toMatchObject({ exit: 0, stderr: '' })
  })

  test('that is followed ends on Ctrl-C, after printing new lines', async () => {
    endpoint.reply(ROUTE, { lines: [told(1)], last: 1 }, { lines: [told(2)], last: 2 })
    const running = start(['activity', '--follow'])
    await running.shows('Locked 2')
    running.child.kill('SIGINT')
    const { stdout, stderr } = await running.ended
    expect(running.child.signalCode).toBe('SIGINT')
    expect(stdout.match(/Locked \d/g)?.slice(0, 2)).toEqual(['Locked 1', 'Locked 2'])
    expect(stderr).toBe('')
  })
})

describe('secrets', () => {
  test('come from standard input', async () => {
    const password = markedSecret('stdin')
    const { exit } = await cli('login sftpgo/work', `${password}\n`)
    expect(exit).toBe(0)
    expect(endpoint.bodies('POST /v1/accounts/*/login')).toEqual([{ secrets: { password } }])
  })

  test('do not keep it running while standard input stays open', async () => {
    const running = start(['login', 'sftpgo/work'])
    running.child.stdin?.write(`${markedSecret('open')}\n`)
    expect((await running.ended).exit).toBe(0)
  })

  test('the owner key is never printed', async () => {
    endpoint.reply('GET /v1/accounts', { accounts: [account] })
    const outputs = [await cli('status --json'), await cli('accounts'), await cli('token a')]
    writeFileSync(path.join(endpoint.directories.run, 'owner.key'), 'two words\nand lines\n')
    outputs.push(await cli('status'))
    expect(JSON.stringify(outputs)).not.toMatch(new RegExp(`${endpoint.ownerKey}|and lines`))
  })

  test.each([['add backup --accounts sftpgo/work'], ['new-secret backup']])(
    'of a tool are not made by "%s" where there is no space for their file',
    async (command) => {
      const file = path.join(endpoint.home, 'full.curl')
      // Writing fails as on a full disk; making an empty file does not.
      const line = `ulimit -f 0; exec "$0" "$1" tools ${command} --curl-config "$2"`
      const running = new Running('sh', ['-c', line, process.execPath, program, file], {
        env: environment(endpoint.home),
      })
      const { exit, stdout, stderr } = await running.ended
      expect(stderr).toMatch(/^tokentray: Cannot write the file: .*full\.curl.*\nThe disk is full/)
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
      expect(endpoint.requests).toEqual([])
      expect(readdirSync(endpoint.home)).not.toContainEqual(expect.stringContaining('full.curl'))
    },
  )

  describeWith([linuxProc, prlimit], 'on a disk that fills up', () => {
    test('of a tool whose file cannot be written are lost, so the tool is removed', async () => {
      const file = path.join(endpoint.home, 'full.curl')
      const release = endpoint.hold('POST /v1/clients')
      const add = ['tools', 'add', 'backup', '--accounts', 'sftpgo/work', '--curl-config', file]
      const running = start(add)
      await endpoint.asked('POST /v1/clients')
      execFileSync('prlimit', ['--pid', String(running.child.pid), '--fsize=0'])
      release()
      const { exit, stdout, stderr } = await running.ended
      expect(stderr).toMatch(/^tokentray: Cannot write the file: .*full\.curl\n/)
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
      expect(endpoint.requests.map(({ route }) => route)).toEqual([
        'POST /v1/clients',
        'DELETE /v1/clients/*',
      ])
      expect(existsSync(file)).toBe(false)
    })
  })

  test('of a portal are printed alone with --print', async () => {
    expect(await cli('portal svix/first --print')).toMatchObject({
      exit: 0,
      stdout: `${portal.url}\n`,
    })
  })

  describeWith([linuxProc, curl], 'on Linux', () => {
    test('of a portal reach the browser, and never the process list', async () => {
      const folder = makeTestFolder('opener')
      // It runs for a while, as a browser does, with its arguments visible to all.
      const script = `curl --noproxy '*' -s -o /dev/null -w '%{http_code}' "$1" > "$0.out"; sleep 0.2`
      writeFileSync(path.join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      const env = { PATH: `${folder}:${process.env['PATH']}` }
      const stop = watchProcessList()
      const { exit, stdout, stderr } = await start(['portal', 'svix/first'], 'pipe', env).ended
      await expect.poll(() => readFileSync(path.join(folder, 'xdg-open.out'), 'utf8')).toBe('303')
      const seen = stop().join('\n')
      expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'Opened in the browser: svix/first\n' })
      expect(seen).toContain('xdg-open http://127.0.0.1:')
      expect(seen + stderr).not.toContain(new URL(portal.url).hash)
    })
  })

  describeWith([linuxProc], 'on Linux', () => {
    test('are neither in the command line nor in the environment of the process', async () => {
      const password = markedSecret('argv')
      const release = endpoint.hold('POST /v1/accounts/*/login')
      const running = start(['login', 'sftpgo/work'])
      running.child.stdin?.write(`${password}\n`)
      await endpoint.asked('POST /v1/accounts/*/login')
      const seen = ['cmdline', 'environ'].map((file) =>
        readFileSync(`/proc/${running.child.pid}/${file}`, 'utf8'),
      )
      release()
      expect(seen[0]).toContain('sftpgo/work')
      expect(seen.join()).not.toContain(password)
      expect(seen.join()).not.toContain(endpoint.ownerKey)
      expect((await running.ended).exit).toBe(0)
    })
  })
})

describe('serve', () => {
  function writeAgent(body: string) {
    const folder = path.resolve(program, '../../main')
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(
      path.join(folder, 'agent.js'),
      `export async function runAgent(options) { ${body} }`,
    )
  }

  test('says that the agent is missing', async () => {
    const { exit, stderr } = await cli('serve')
    expect(exit).toBe(1)
    expect(stderr).toMatch(
      /^tokentray: The agent is missing: .*out\/main\/agent\.js\n.*npm run build/,
    )
  })

  test('runs the agent with its options, and exits as that does', async () => {
    writeAgent('console.log(JSON.stringify(options)); setInterval(() => {}, 1e6); return 7')
    const { exit, stdout } = await cli('serve --memory --port 4711')
    expect(stdout).toBe('{"memory":true,"port":4711}\n')
    expect(exit).toBe(7)
  })

  test('says that the given port is taken', async () => {
    writeAgent(`throw Object.assign(new Error('Port 4711 is in use.'),
      { name: 'TokentrayError', code: 'already_exists', hint: 'Choose another one.' })`)
    expect(await cli('serve --port 4711')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'tokentray: Port 4711 is in use.\nChoose another one.\n',
    })
  })

  test('understands the errors of the agent, which is another bundle', async () => {
    writeAgent(`throw Object.assign(new Error('Another one runs.'),
      { name: 'TokentrayError', code: 'already_running', hint: 'Stop it.' })`)
    expect(await cli('serve')).toEqual({
      exit: 3,
      stdout: '',
      stderr: 'tokentray: Another one runs.\nStop it.\n',
    })
  })
})
