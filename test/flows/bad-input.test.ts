import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { hangingFile } from '../helpers/hanging-file.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith } from '../helpers/needs.ts'
import { mountable, mountSmallDisk } from '../helpers/small-disk.ts'
import { patience } from '../helpers/waiting.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { addTool, curl, type Installation, install, type Serving, type Tool } from './real-agent.ts'

const password = markedSecret('bad-input')
const form = ['-d', 'grant_type=client_credentials', '-d', 'audience=sftpgo/work']

describeWith([curlProgram], 'bad input', () => {
  let files: SftpgoSimulator
  let installation: Installation
  let serving: Serving
  let issuer: string
  let tool: Tool

  beforeAll(async () => {
    files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
    installation = install()
    serving = installation.serve(['--memory'])
    issuer = await serving.issuer()
    await login('work', files.url, password)
    tool = await addTool(installation, 'tool', ['sftpgo/work'])
  })

  afterAll(async () => {
    await serving.stop()
    await files.close()
  })

  /** As a user whose standard input is not a terminal. */
  const tryLogin = (name: string, url: string, word: string) =>
    installation.cli(
      ['login', 'sftpgo', '--name', name, '--set', `url=${url}`, '--set', 'username=alice'],
      `${word}\n`,
    )
  const login = async (name: string, url: string, word: string) => {
    expect(await tryLogin(name, url, word)).toMatchObject({ code: 0 })
  }
  const token = () => curl(['-K', tool.config, ...form, `${issuer}/oauth/token`])

  /** The account that existed before must still work. */
  const stillWorks = async () => {
    const answer = await token()
    expect(answer.status).toBe(200)
    expect((JSON.parse(answer.body) as { account: string }).account).toBe('sftpgo/work')
    expect(await installation.mustDo(['accounts'])).toMatch(/^sftpgo\/work .*\n$/m)
  }

  it('reports a wrong password, asks for it once more, and keeps no account', async () => {
    const once = await tryLogin('other', files.url, 'wrong')
    expect(once.code).toBe(6)
    expect(once.stderr).toMatch(/password.*one-time code/i)
    const twice = await tryLogin('other', files.url, 'wrong\nwrong\n')
    expect(twice.code).toBe(6)
    expect(await installation.mustDo(['accounts'])).not.toMatch(/other/)
    await stillWorks()
  })

  it('reports an unknown account', async () => {
    const { code, stderr } = await installation.cli(['token', 'sftpgo/nobody'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/No such account/)
    const answer = await curl([
      ...['-K', tool.config, '-d', 'grant_type=client_credentials'],
      ...['-d', 'audience=sftpgo/nobody', `${issuer}/oauth/token`],
    ])
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_target' })
  })

  it.each([
    ['not a URL', 'files.example', 2],
    ['an address with a user name in it', 'https://me:you@files.example', 2],
    ['plain http to a remote host', 'http://files.example', 2],
    ['another scheme', 'ftp://files.example', 2],
    ['a port where nothing listens', 'http://127.0.0.1:1', 8],
  ])('rejects %s as an address', async (_what, url, exit) => {
    const { code, stderr } = await tryLogin('other', url, password)
    expect(code).toBe(exit)
    expect(stderr).toMatch(/^tokentray: .+\n.+\n$/)
    await stillWorks()
  })

  it.each([
    ['HTML', 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p/>', 8],
    ['nothing', '', 8],
    ['something that is not HTTP', 'hello\r\n\r\n', 8],
  ])('reports that a server answered %s', async (_what, answer, exit) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(answer))
    })
    const url = await listening(server)
    const { code, stderr } = await tryLogin('other', url, password)
    server.close()
    expect(code).toBe(exit)
    expect(stderr).toMatch(/^tokentray: .+\n.+\n$/)
    await stillWorks()
  })

  it(
    'times out on servers that are silent or send one byte a second, and serves other requests meanwhile',
    async () => {
      const silent = createServer((socket) => socket.on('error', () => undefined))
      const slow = createServer((socket) => {
        const drip = setInterval(() => socket.write('x'), 1_000)
        socket.on('error', () => undefined)
        socket.on('close', () => clearInterval(drip))
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n')
      })
      const outcomes = Promise.all([
        tryLogin('silent', await listening(silent), password),
        tryLogin('slow', await listening(slow), password),
      ])
      await stillWorks()
      for (const { code, stderr } of await outcomes) {
        expect(code).toBe(8)
        expect(stderr).toMatch(/^tokentray: .+\n.+/)
      }
      silent.close()
      slow.close()
    },
    patience(60_000),
  )

  it.each([
    ['malformed JSON', ['-H', 'content-type: application/json', '-d', '{"account":'], 400],
    ['a wrong content type', ['-H', 'content-type: text/plain', '-d', 'hello'], 400],
    ['an unknown field', ['-H', 'content-type: application/json', '-d', '{"acount":"x"}'], 400],
  ])('answers %s with a description of the problem', async (_what, args, status) => {
    const answer = await curl(['-H', '@-', ...args, `${issuer}/v1/tokens`], {
      input: ownerHeader(),
    })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request' })
    await stillWorks()
  })

  it('rejects a body one byte over 64 KiB', async () => {
    const big = path.join(installation.home, 'big')
    writeFileSync(big, Buffer.alloc(64 * 1_024 + 1, ' '))
    const answer = await curl(
      ['-H', '@-', '-H', 'expect:', '--data-binary', `@${big}`, `${issuer}/v1/tokens`],
      {
        input: `${ownerHeader()}\ncontent-type: application/json`,
      },
    )
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'payload_too_large' })
    await stillWorks()
  })

  it('reports that another broker is running, and leaves it alone', async () => {
    const second = await installation.cli(['serve', '--memory'])
    expect(second.code).toBe(3)
    expect(second.stderr).toContain(`process ${serving.pid}`)
    await stillWorks()
  })

  const ownerHeader = () => {
    const key = installation.ownerKey()
    registerSecret(key)
    return `Authorization: Bearer ${key}`
  }
})

describeWith([curlProgram], 'a port that is in use', () => {
  it('is replaced by a free one, which is reported', async () => {
    const installation = install()
    const first = installation.serve(['--memory'])
    const port = Number(new URL(await first.issuer()).port)
    await first.stop()
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const second = installation.serve(['--memory'])
    expect(await second.says(/^notice: /)).toContain(`Port ${port} is taken`)
    expect(await second.issuer()).not.toContain(`:${port}`)
    expect(await installation.mustDo(['status'])).toContain(await second.issuer())
    await second.stop()
    squatter.close()
  })
})

describeWith([curlProgram, mountable], 'a full disk', () => {
  it('hands out no token it cannot record, loses nothing, and recovers when space is freed', async () => {
    const disk = mountSmallDisk(256)
    const files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
    const installation = install({}, disk.folder)
    const serving = installation.serve(['--memory'])
    const issuer = await serving.issuer()
    const login = ['login', 'sftpgo', '--set', `url=${files.url}`, '--set', 'username=alice']
    await installation.mustDo([...login, '--name', 'work'], `${password}\n`)
    const tool = await addTool(installation, 'tool', ['sftpgo/work'])
    const token = () => curl(['-K', tool.config, ...form, `${issuer}/oauth/token`])
    expect((await token()).status).toBe(200)

    disk.fill()
    // The last page of the audit log has room for a few more lines.
    let refused = await token()
    for (let tries = 0; refused.status === 200 && tries < 40; tries += 1) refused = await token()
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'record_unavailable' })
    expect(refused.body).not.toContain('access_token')
    // So do the settings files.
    const names = ['work']
    const newAccount = (name: string) =>
      installation.cli([...login, '--name', name], `${password}\n`)
    let another = await newAccount('more-1')
    for (
      ;
      another.code === 0 && names.length < 40;
      another = await newAccount(`more-${names.length}`)
    ) {
      names.push(`more-${names.length}`)
    }
    expect(another.code, another.stderr).toBe(7)
    expect(files.aliveTokens()).toHaveLength(names.length)

    disk.free()
    expect((await token()).status).toBe(200)
    const accounts = await installation.mustDo(['accounts'])
    expect(accounts.match(/(?<=sftpgo\/)[\w-]+/g)).toEqual(names)
    await serving.stop()
    expect(files.aliveTokens()).toEqual([])
    expect(readdirSync(disk.folder, { recursive: true }).join()).not.toMatch(/unreadable/)
    disk.close()
    await files.close()
  })
})

/** More than Node has file system threads. */
const HANGING = 6

if (hangingFile !== null) {
  it(
    'names a CA file on a disk that does not respond, keeps handing out tokens, and can be stopped',
    async () => {
      const files = await startSftpgoSimulator({
        accounts: [{ username: 'alice', password }],
        onToken: registerSecret,
      })
      const installation = install()
      const serving = installation.serve(['--memory'])
      onTestFinished(() => serving.kill())
      const issuer = await serving.issuer()
      const login = (name: string, url: string, ...more: readonly string[]) =>
        installation.cli(
          [
            ...['login', 'sftpgo', '--name', name, '--set', `url=${url}`],
            ...['--set', 'username=alice', ...more],
          ],
          `${password}\n`,
        )
      expect(await login('work', files.url)).toMatchObject({ code: 0 })
      const tool = await addTool(installation, 'tool', ['sftpgo/work'])

      const logins = Array.from({ length: HANGING }, (_, at) =>
        login(`other${at}`, 'https://127.0.0.1:1', '--set', `caFile=${hangingFile}`),
      )
      for (const { code, stderr } of await Promise.all(logins)) {
        expect(stderr).toMatch(`The CA file ${hangingFile} could not be read in time.`)
        expect(code).toBe(8)
      }
      expect((await curl(['-K', tool.config, ...form, `${issuer}/oauth/token`])).status).toBe(200)
      expect(await installation.mustDo(['activity'])).toMatch(/Token handed out/)
      // Node would wait forever for the thread that reads.
      const late = wait(patience(20_000)).then(() => 'it was still there')
      expect(await Promise.race([serving.stop(), late])).not.toBe('it was still there')
      expect(files.aliveTokens()).toEqual([])
      await files.close()
    },
    patience(120_000),
  )
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('It does not listen.')
  return `http://127.0.0.1:${address.port}`
}
