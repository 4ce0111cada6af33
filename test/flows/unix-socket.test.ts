import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { addTool, curl, type Installation, install, runShell, type Serving } from './real-agent.ts'

const FORM = 'grant_type=client_credentials'

describeWith([curlProgram, linuxProc], 'the Unix socket of the built agent', () => {
  let installation: Installation
  let session: string
  let serving: Serving
  let issuer: string
  let files: Awaited<ReturnType<typeof startSftpgoSimulator>>
  const password = markedSecret('alice')

  const start = async () => {
    serving = installation.serve(['--memory'])
    issuer = await serving.issuer()
    await serving.says(/^passwords: in memory$/)
  }
  const login = () =>
    installation.mustDo(
      [
        ...['login', 'sftpgo', '--name', 'work'],
        ...['--set', `url=${files.url}`, '--set', 'username=alice'],
      ],
      `${password}\n`,
    )
  const socket = () => path.join(session, 'tokentray', 'tools', 'tokentray.sock')
  const named = () =>
    JSON.parse(readFileSync(path.join(session, 'tokentray', 'endpoint.json'), 'utf8')).socket
  const healthAt = (file: string) =>
    curl(['--unix-socket', file, 'http://tokentray/v1/health']).then(
      ({ status }) => status,
      () => null,
    )

  beforeAll(async () => {
    session = path.join(install().home, 'session')
    mkdirSync(session, { mode: 0o700 })
    installation = install({ XDG_RUNTIME_DIR: session })
    files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
    await start()
    await login()
  })
  afterAll(async () => {
    await serving.kill()
    await files.close()
  })

  it('is named in endpoint.json, and serves curl by any loopback name', async () => {
    expect(named()).toBe(socket())
    for (const url of ['http://tokentray', 'http://localhost', 'http://127.0.0.1:1', issuer]) {
      expect((await curl(['--unix-socket', socket(), `${url}/v1/health`])).status).toBe(200)
    }
    const foreign = ['--unix-socket', socket(), 'http://evil.example/v1/health']
    expect((await curl(foreign)).status).toBe(403)
  })

  it('serves the files for curl, whichever port their line names, and a file without it by port', async () => {
    const tool = await addTool(installation, 'shell', ['sftpgo/work'])
    const text = readFileSync(tool.config, 'utf8')
    expect(text).toContain(`unix-socket = "${socket()}"`)
    const ask = async (url: string) => {
      const { status, body } = await curl(['-K', tool.config, '-d', FORM, `${url}/oauth/token`])
      return [status, JSON.parse(body).account]
    }
    expect(await ask(issuer)).toEqual([200, 'sftpgo/work'])
    // A program that took an old port is not even connected to.
    let came = 0
    const squatter = createServer((connection) => {
      came += 1
      connection.destroy()
    }).listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' ? address?.port : 0
    expect(await ask(`http://127.0.0.1:${port}`)).toEqual([200, 'sftpgo/work'])
    expect(came).toBe(0)
    squatter.close()

    writeFileSync(tool.config, text.replace(/unix-socket.*\n/, ''))
    expect(await ask(issuer)).toEqual([200, 'sftpgo/work'])
  })

  it('works in the line that is printed, pasted into a shell, in a folder with an odd name', async () => {
    const odd = path.join(install().home, `o'd "q" \\s $x`)
    mkdirSync(odd, { mode: 0o700 })
    const other = install({ XDG_RUNTIME_DIR: odd })
    const serves = other.serve(['--memory'])
    await serves.says(/^passwords: in memory$/)
    const values = ['--set', `url=${files.url}`, '--set', 'username=alice']
    await other.mustDo(['login', 'sftpgo', '--name', 'odd', ...values], `${password}\n`)
    const config = path.join(odd, 'my tool.curl')
    const printed = await other.mustDo([
      ...['tools', 'add', 't', '--accounts', 'sftpgo/odd', '--curl-config', config],
    ])
    registerSecret(/:(\w+)"/.exec(readFileSync(config, 'utf8'))?.[1] ?? '')
    const line = printed.split('\n').find((each) => each.startsWith('curl ')) ?? ''
    const { stdout, stderr } = await runShell(line.replace(/:\d+\/oauth/, ':1/oauth'), {
      PATH: process.env['PATH'],
    })
    expect([stderr, JSON.parse(stdout).account]).toEqual(['', 'sftpgo/odd'])
    rmSync(config)
    // Two homes at once, each with a socket of its own.
    expect(await healthAt(socket())).toBe(200)
    await serves.stop()
    expect(readdirSync(path.join(odd, 'tokentray', 'tools'))).toEqual([])
    expect(await healthAt(socket())).toBe(200)
  })

  it(
    'is bound once more when its folder vanished, and beside the data when the session is gone',
    async () => {
      rmSync(path.join(session, 'tokentray', 'tools'), { recursive: true })
      await eventually(() => healthAt(socket()), 30_000, 500).toBe(200)

      // As a logout does; the file left there prevents the folder from being created again.
      rmSync(session, { recursive: true })
      writeFileSync(session, '')
      const beside = path.join(installation.data, 'run', 'tools', 'tokentray.sock')
      await eventually(() => healthAt(beside), 30_000, 500).toBe(200)
      // A program without the session's variables, as from cron, is led to it.
      const cron = install({}, installation.home)
      const config = path.join(installation.home, 'cron.curl')
      await cron.mustDo([
        ...['tools', 'add', 'cron', '--accounts', 'sftpgo/work', '--curl-config', config],
      ])
      expect(readFileSync(config, 'utf8')).toContain(`unix-socket = "${beside}"`)
      rmSync(config)
      // And the folder of a new session is where it is expected again.
      rmSync(session)
      mkdirSync(session, { mode: 0o700 })
      await eventually(() => healthAt(socket()), 30_000, 500).toBe(200)
      expect(existsSync(beside)).toBe(false)
    },
    patience(120_000),
  )

  it('is stale after a kill and replaced by the next start, and gone after a stop', async () => {
    await serving.kill()
    expect(existsSync(socket())).toBe(true)
    expect((await installation.cli(['status'])).code).toBe(3)
    await start()
    expect(await healthAt(socket())).toBe(200)
    expect((await installation.cli(['status'])).code).toBe(0)
    await serving.stop()
    expect(readdirSync(path.join(session, 'tokentray'), { recursive: true })).toEqual(['tools'])
  })

  it('is left out where its path is too long: the status says so, and the port serves', async () => {
    const deep = path.join(install().home, 'x'.repeat(90))
    mkdirSync(deep, { mode: 0o700 })
    const other = install({ XDG_RUNTIME_DIR: deep })
    const serves = other.serve(['--memory'])
    await serves.says(/^passwords: in memory$/)
    const { code, stdout } = await other.cli(['status'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/There is no Unix socket, because its path is too long \(\d+ bytes/)
    const endpoint = path.join(deep, 'tokentray', 'endpoint.json')
    expect(JSON.parse(readFileSync(endpoint, 'utf8'))).not.toHaveProperty('socket')
    await serves.stop()
  })
})
