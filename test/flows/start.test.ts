import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, linuxProc } from '../helpers/needs.ts'
import { runShell } from './real-agent.ts'

const root = path.resolve(import.meta.dirname, '../..')
const PARTS = ['main', 'preload', 'renderer', 'test', 'build', 'package.json', 'tsconfig.json']
const CONFIGS = ['electron.vite.config.ts', 'vite.config.ts']

/** The sources as freshly cloned, with dependencies installed and nothing built. */
function freshCheckout(): string {
  // Outside the folder that is searched for secrets: the tests themselves contain the marker.
  const folder = mkdtempSync(path.join(tmpdir(), 'tokentray-checkout-'))
  for (const part of [...PARTS, ...CONFIGS]) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  return folder
}

/** The output of the demo's commands, in order. */
const services = [
  { id: 'sftpgo', type: 'Bearer', use: /allow_api_key_auth/, ended: 'ended' },
  { id: 'giantswarm', type: 'giantswarm', use: /demo@example\.com/, ended: 'ended' },
  { id: 'glowmarkt', type: 'token', use: /Smart Home/, ended: 'ended' },
  { id: 'koyeb', type: 'Bearer', use: /apps/, ended: 'until_expiry' },
  { id: 'svix', type: 'Bearer', use: /app_demo/, ended: 'ended' },
]

describeWith([curlProgram, linuxProc], 'npm start in a fresh checkout', () => {
  let checkout: string
  let proxy: Server
  let proxyConnections = 0
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    checkout = freshCheckout()
    proxy = createServer((socket) => {
      proxyConnections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const address = proxy.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    env = { PATH: process.env['PATH'], HOME: makeTestFolder('home') }
    for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTPS_PROXY']) env[name] = url
  })

  afterAll(() => {
    proxy.close()
    rmSync(checkout, { recursive: true, force: true })
  })

  const startWith = (more: NodeJS.ProcessEnv, ...args: string[]) =>
    spawn(process.execPath, ['build/start.mjs', ...args], {
      ...{ cwd: checkout, detached: true },
      env: { ...env, ...more },
    })
  const start = (...args: string[]) => startWith({}, ...args)

  it('prints, with --demo, commands that fetch a token, use it and revoke it', async () => {
    const demo = start('--demo')
    const printed = readTo(demo, / status\n\n$/)
    const text = await printed
    const all = text.split('\n').filter((line) => line.startsWith('$ '))
    const logins = all.filter((line) => line.includes(' login '))
    expect(logins).toHaveLength(5)
    const [, password] = /^ {2}password: (\S+)$/m.exec(text) ?? []
    const login = await runShell(`echo '${password}' | ${logins[0]?.slice(2)}`, env)
    expect(login.stdout).toContain('Logged in: sftpgo/mine')
    const lines = all.filter((line) => !logins.includes(line))
    expect(lines).toHaveLength(5 * 3 + 6)

    const answers: string[] = []
    for (const line of lines) {
      const { stdout, stderr } = await runShell(line.slice(2), env)
      answers.push(stdout + stderr)
    }
    for (const [index, { id, type, use, ended }] of services.entries()) {
      const [fetched = '', used = '', revoked = ''] = answers.slice(3 * index)
      expect(JSON.parse(fetched)).toMatchObject({
        token_type: type,
        account: `${id}/demo`,
        expires_in: expect.any(Number),
      })
      expect(used).toMatch(use)
      expect(JSON.parse(revoked)).toMatchObject({ leases: [{ at_service: ended }] })
    }
    const [accounts, tokens, rotated, portal, leases, status] = answers.slice(-6)
    for (const { id } of services) expect(accounts).toContain(`${id}/demo`)
    expect(tokens).toContain('session')
    expect(rotated).toContain('New tokens: session')
    expect(portal).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+\n/)
    expect(leases).toContain('svix/demo')
    expect(status).toContain('is running at http://127.0.0.1:')
    expect(proxyConnections).toBe(0)

    const goodbye = readTo(demo, /The demo is over; 0 tokens that can be revoked/)
    process.kill(-(demo.pid ?? 0), 'SIGINT')
    await goodbye
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'stops what it has started when it is stopped by %s',
    async (signal) => {
      const agent = start('--memory')
      await readTo(agent, /memory: ready/)
      const stopping = readTo(agent, /^stopping \(up to 10 s\)$/m)
      agent.kill(signal)
      await stopping
      // Its output stays open as long as one of its processes runs.
      const [code] = await once(agent, 'close')
      expect(code).toBe(signal === 'SIGKILL' ? null : 0)
    },
  )

  it('leaves no process of the demo behind when it is killed', async () => {
    const demo = start('--demo')
    const [, home] =
      /simulated services, in (\S+)\.$/m.exec(await readTo(demo, / status\n\n$/)) ?? []
    const goodbye = readTo(demo, /The demo is over; 0 tokens that can be revoked/)
    demo.kill('SIGKILL')
    await goodbye
    await once(demo, 'close')
    expect(existsSync(home ?? '/')).toBe(false)
  })

  it('says in one line what is missing for the tray app, and starts the agent', async () => {
    const agent = start('--memory')
    const text = await readTo(agent, /memory: ready/)
    expect(text).toMatch(
      /^The tray app cannot start: there is no display .*Starting the agent instead\.$/m,
    )
    expect(text).toMatch(/^Tokentray .* serves http:\/\/127\.0\.0\.1:\d+$/m)
    agent.kill('SIGTERM')
    const [code] = await once(agent, 'close')
    expect(code).toBe(0)
  })

  it('starts the agent if Chromium exits for lack of a sandbox, and says what to do', async () => {
    const dist = makeElectron(
      '[7:1129/1.2:FATAL:setuid_sandbox_host.cc(163)] The SUID sandbox helper binary was found, but is not configured correctly.',
    )
    const agent = startWith({ DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: dist }, '--memory')
    const text = await readTo(agent, /memory: ready/)
    expect(text).toMatch(/^The tray app cannot start\. .* sandbox/m)
    expect(text).toMatch(/^Starting the agent instead\.$/m)
    agent.kill('SIGTERM')
    const [code] = await once(agent, 'close')
    expect(code).toBe(0)
  })
})

/** Instead of Electron, a program that prints the same message and exits as Chromium does. */
function makeElectron(says: string): string {
  const folder = makeTestFolder('electron')
  const file = path.join(folder, 'electron')
  writeFileSync(file, `#!/bin/sh\necho '${says}' >&2\nkill -TRAP $$\n`)
  chmodSync(file, 0o755)
  return folder
}

it("keeps documented curl commands away from proxies, except those that take the login's route", () => {
  const papers = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md']
  const lines = papers
    .flatMap((paper) => readFileSync(path.join(root, paper), 'utf8').split('\n'))
    .flatMap((line) => line.split('|'))
    .filter((command) => /^\s*(\$ )?curl\s/.test(command))
  expect(lines.length).toBeGreaterThan(0)
  const isHere = (command: string) => !command.includes('https://')
  expect(lines.some(isHere)).toBe(true)
  // SFTPGo accepts a token only from the address it was issued to, which may be that of a proxy.
  expect(lines.filter((command) => command.includes("--noproxy '*'"))).toEqual(lines.filter(isHere))
})

/** Collects a program's output until it matches; rejects if it exits first. */
function readTo(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      if (pattern.test(text)) resolve(text)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => reject(new Error(`It ended before it said ${pattern}: ${text}`)))
  })
}
