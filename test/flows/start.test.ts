import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { type Checkout, freshCheckout, readTo } from './fresh-checkout.ts'

const root = path.resolve(import.meta.dirname, '../..')

describeWith([linuxProc], 'npm start in a fresh checkout', () => {
  let checkout: Checkout

  beforeAll(async () => {
    checkout = await freshCheckout()
  })

  afterEach(() => checkout.killAll())

  afterAll(() => checkout.remove())

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'stops what it has started when it is stopped by %s',
    async (signal) => {
      const agent = checkout.start(['--memory'])
      await readTo(agent, /passwords: in memory/)
      const stopping = readTo(agent, /^stopping \(up to 10 s\)$/m)
      agent.kill(signal)
      await stopping
      // Its output stays open as long as one of its processes runs.
      const [code] = await once(agent, 'close')
      expect(code).toBe(signal === 'SIGKILL' ? null : 0)
    },
  )

  it('stops while it builds', async () => {
    const building = checkout.start(['--memory'])
    await readTo(building, /^Building…$/m)
    building.kill('SIGTERM')
    const [code] = await once(building, 'close')
    expect(code).not.toBe(0)
  })

  it('says first that it builds, then what is missing for the tray app, and starts the agent', async () => {
    const agent = checkout.start(['--memory'])
    const text = await readTo(agent, /passwords: in memory/)
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Building…',
      'The tray app cannot start.',
      'There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.',
      'Starting the agent instead, which has no window.',
    ])
    expect(text).toMatch(/^Tokentray .* serves http:\/\/127\.0\.0\.1:\d+$/m)
    agent.kill('SIGTERM')
    const [code] = await once(agent, 'close')
    expect(code).toBe(0)
  })

  it('starts the agent if Chromium exits for lack of a sandbox, and says what to do', async () => {
    const dist = makeElectron(
      '[7:1129/1.2:FATAL:setuid_sandbox_host.cc(163)] The SUID sandbox helper binary was found, but is not configured correctly.',
    )
    const more = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: dist }
    const agent = checkout.start(['--memory'], more)
    const text = await readTo(agent, /passwords: in memory/)
    expect(text).toMatch(/^The tray app cannot start\.\n.* sandbox/m)
    expect(text).toMatch(/^Starting the agent instead, which has no window\.$/m)
    agent.kill('SIGTERM')
    const [code] = await once(agent, 'close')
    expect(code).toBe(0)
  })

  it.each([
    [['--help'], 0, /^Usage: npm start -- \[options\]$[\s\S]*--demo[\s\S]*--preview/m],
    [['--dmeo'], 1, /^Unknown option: --dmeo\. Run: npm start -- --help$/m],
    [['--preview'], 1, /^The preview needs an X display, and DISPLAY is not set\.$/m],
  ] as const)('builds nothing for %j, and exits with %d', async (args, exit, says) => {
    const child = checkout.start(args)
    const said = readTo(child, says)
    const [code] = await once(child, 'close')
    expect(code).toBe(exit)
    expect(await said).not.toContain('Building')
  })

  it('needs Chromium for the preview, and says so', async () => {
    const more = { DISPLAY: ':0', PATH: '/nonexistent' }
    const child = checkout.start(['--preview'], more)
    await readTo(child, /^The preview needs Chromium or Chrome on the PATH, and there is none\.$/m)
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
  const papers = [
    ...['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md'],
    ...readdirSync(path.join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]
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
