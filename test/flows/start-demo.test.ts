import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { type BrowserContext, chromium as driver, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Display, startDisplay } from '../helpers/desktop-display.ts'
import { closeWindow, windowTitles } from '../helpers/desktop-windows.ts'
import { chromium, curl, describeWith, linuxProc, xServer } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { findProgram } from '../loopback/http/components.ts'
import { buildStandin } from '../standin/build.ts'
import { type Checkout, freshCheckout, readTo } from './fresh-checkout.ts'
import { runShell } from './real-agent.ts'

/** The last line that the demo prints before it waits. */
const PRINTED = /^ {4}Application: \S+, API key: \S+\n/m
const OVER = /^The demo is over\. All tokens that can be revoked are revoked\.$/m
const ACCOUNTS = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'].map((id) => `${id}/demo`)

/** What each command prints, in order; the first is the one for the PATH. */
const EXPECTED: readonly RegExp[] = [
  /^$/,
  new RegExp(ACCOUNTS.join('[\\s\\S]*')),
  /^eyJ\S+\n$/,
  /sftpgo\/demo/,
  /sftpgo\/demo: revoked\./,
  /session/,
  /^http:\/\/127\.0\.0\.1:\d+\/\S+\n/,
  /is running at http:\/\/127\.0\.0\.1:/,
  /^Usage: tokentray/,
  /allow_api_key_auth.*\n$/,
  /"account":"svix\/demo".*\n$/,
]

describeWith([curl, linuxProc, chromium, xServer], 'npm start -- --demo', () => {
  let checkout: Checkout
  let display: Display

  beforeAll(async () => {
    checkout = await freshCheckout()
    display = await startDisplay()
  })

  afterAll(async () => {
    await display.close()
    checkout.remove()
  })

  afterEach(() => checkout.killAll())

  /** What is left of a demo: processes that name the checkout, and files. */
  const remains = () => [...processesIn(checkout.folder), ...checkout.leftovers()]

  it('prints lines of 80 columns, and commands that do what they say in any shell', async () => {
    const demo = checkout.start(['--demo'])
    const text = await readTo(demo, PRINTED)
    expect(text).toMatch(/^Building…\nThe tray app cannot start\.\nThere is no display/)
    expect(text).toMatch(/^It has no window here/m)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])

    const all = commandsIn(text)
    const [first = '', ...others] = all.filter((command) => !command.includes(' login '))
    for (const shell of ['bash', 'sh']) {
      for (const [index, command] of [first, ...others].entries()) {
        const script = index === 0 ? first : `${first}\n${command}`
        const { code, stdout, stderr } = await runShell(inShell(shell, script), checkout.env)
        expect([command, code, stderr.includes('rror')]).toEqual([command, 0, false])
        expect(stdout).toMatch(EXPECTED[index] ?? /^never$/)
      }
    }
    expect(others).toHaveLength(EXPECTED.length - 1)

    const logins = all.filter((command) => command.includes(' login '))
    expect(logins).toHaveLength(ACCOUNTS.length)
    for (const [index, command] of logins.entries()) {
      const [, , secret] = /\n {4}(?:.*, )?(Password|API token|API key): (\S+)/.exec(
        text.slice(text.indexOf(command) + command.length),
      ) ?? ['', '', '']
      const named = /\n {4}(?:User name|Email|Application): ([^,\n]+)/.exec(
        text.slice(text.indexOf(command) + command.length),
      )
      const field = ['username', 'email', 'username', '', 'application'][index]
      const more = field ? ` --set ${field}=${named?.[1]}` : ''
      const script = `${first}\necho '${secret}' | ${command}${more}`
      expect((await runShell(script, checkout.env)).stdout).toMatch(/^Logged in: \w+\/me/m)
    }
    expect(checkout.proxied()).toBe(0)

    const goodbye = readTo(demo, OVER)
    process.kill(-(demo.pid ?? 0), 'SIGINT')
    await goodbye
    await once(demo, 'close')
    await eventually(remains).toEqual([])
  })

  it('opens the window of the tray app with the accounts, and ends with npm', async () => {
    const profiles = path.join(checkout.folder, 'profiles')
    mkdirSync(profiles)
    const dist = await makeElectron(checkout.folder, profiles)
    const demo = checkout.npmStart(['--demo'], {
      ...{ DISPLAY: display.name, ELECTRON_OVERRIDE_DIST_PATH: dist },
      // The stand-in, unlike Electron, reaches its page over HTTP.
      no_proxy: '*',
    })
    expect(await readTo(demo, PRINTED)).toMatch(/^Its window opens/m)
    const browser = await driver.connectOverCDP(devtoolsIn(profiles))
    const text = async () => {
      const pages = browser.contexts().flatMap((context) => context.pages())
      return (await Promise.all(pages.map((page) => page.innerText('body')))).join('\n')
    }
    // Only a window that is shown gets the accounts.
    for (const title of ['SFTPGo', 'Giant Swarm', 'Glowmarkt', 'Koyeb', 'Svix']) {
      await eventually(text).toContain(`${title} · `)
    }
    await browser.close()

    const goodbye = readTo(demo, OVER)
    // npm passes neither this signal on nor its own end.
    demo.kill('SIGHUP')
    await goodbye
    await once(demo, 'close')
    await eventually(remains).toEqual([])
  })

  describe('with --preview', () => {
    const preview = async (
      start: 'start' | 'npmStart',
      env: NodeJS.ProcessEnv = {},
    ): Promise<ChildProcess> => {
      const demo = checkout[start](['--demo', '--preview'], { DISPLAY: display.name, ...env })
      const text = await readTo(demo, PRINTED)
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
      expect(text).toMatch(/^Chromium shows its window, but this is only a preview/m)
      await eventually(() => windowTitles(display.name)).toContain('Tokentray')
      return demo
    }

    it('shows the window in Chromium, with no port, and ends when it is closed', async () => {
      const demo = await preview('npmStart')
      const flags = processesIn(checkout.folder).join('\n')
      expect(flags).toContain('--remote-debugging-pipe')
      expect(flags).not.toContain('--remote-debugging-port')
      const goodbye = readTo(demo, OVER)
      await closeWindow(display.name, 'Tokentray')
      await goodbye
      const [code] = await once(demo, 'close')
      expect(code).toBe(0)
      await eventually(remains).toEqual([])
    })

    it('asks in a window of its own before a tool is connected, and leaves nothing in the home', async () => {
      const home = checkout.env['HOME'] ?? ''
      const before = readdirSync(home, { recursive: true })
      const demo = await preview('start', {
        PATH: `${makeDriven(checkout.folder)}:${checkout.env['PATH']}`,
      })
      const browser = await driver.connectOverCDP(devtoolsIn(checkout.env['TMPDIR'] ?? ''))
      const context = browser.contexts()[0] as BrowserContext
      const page = context.pages()[0] as Page
      const press = (name: RegExp) => page.getByRole('button', { name }).first().click()
      const connect = async (name: string, answer: string) => {
        await page.getByLabel('Name').fill(name)
        const [question] = await Promise.all([context.waitForEvent('page'), press(/^Connect$/)])
        await question.getByText(`Let ${name} use sftpgo/demo?`).waitFor()
        await question.getByRole('button', { name: answer }).click()
      }
      await press(/^Tools/)
      await press(/^Connect a tool$/)
      await page.getByRole('checkbox', { name: 'Team files' }).check()
      await connect('refused', 'Cancel')
      await connect('backup', 'Allow')
      const file = path.join(checkout.folder, 'backup.curl')
      const [save] = await Promise.all([context.waitForEvent('page'), press(/^Save to file/)])
      await save.getByRole('textbox').fill(file)
      await save.getByRole('button', { name: 'Save' }).click()
      await eventually(() => existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^user = "/m)
      await press(/^Back$/)
      await page.getByRole('button', { name: /^backup/ }).waitFor()
      expect(await page.getByText('refused').count()).toBe(0)
      expect(await page.getByText('This desktop does not show tray icons').count()).toBe(0)
      // A question that is still open does not keep it from ending.
      await press(/^Connect a tool$/)
      await page.getByRole('checkbox').first().check()
      await page.getByLabel('Name').fill('late')
      await Promise.all([context.waitForEvent('page'), press(/^Connect$/)])
      await eventually(() => windowTitles(display.name)).toContainEqual(
        expect.stringContaining('Tokentray asks'),
      )
      await browser.close()

      const goodbye = readTo(demo, OVER)
      await closeWindow(display.name, 'Tokentray')
      expect(await goodbye).not.toContain('failure')
      await once(demo, 'close')
      await eventually(remains).toEqual([])
      expect(readdirSync(home, { recursive: true })).toEqual(before)
    })

    it.each([
      ['npm', 'npmStart', (pid: number) => pid],
      ['the program that npm starts', 'start', (pid: number) => pid],
      ['every program of the terminal', 'npmStart', (pid: number) => -pid],
    ] as const)('leaves nothing behind when %s is killed', async (_what, start, toKill) => {
      const demo = await preview(start)
      process.kill(toKill(demo.pid ?? 0), 'SIGKILL')
      await once(demo, 'close')
      await eventually(remains).toEqual([])
      expect(await windowTitles(display.name)).toEqual([])
    })
  })
})

/** The commands in what was printed: lines that are indented by two, and those that continue them. */
function commandsIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => /^ {2,4}\S/.test(line))
  const commands: string[] = []
  for (const line of lines) {
    const last = commands.at(-1)
    if (last?.endsWith('\\')) commands.splice(-1, 1, `${last}\n${line}`)
    else if (/^ {2}\S/.test(line)) commands.push(line)
  }
  return commands.map((command) => command.trim())
}

/** A script that runs another one in this shell. */
function inShell(shell: string, script: string): string {
  return `exec ${shell} -c '${script.replaceAll("'", "'\\''")}'`
}

/** Instead of Electron, its stand-in, in the folder of a checkout; what its Chromium writes goes to `profiles`. */
async function makeElectron(checkout: string, profiles: string): Promise<string> {
  const folder = path.join(checkout, 'electron')
  const run = await buildStandin(folder)
  const file = path.join(folder, 'electron')
  const start = `exec '${process.execPath}' '${run}' out/main/index.js "$@"`
  const script = `#!/bin/sh\nshift\nTMPDIR='${profiles}' ${start}\n`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  return folder
}

/** A folder for the PATH, with a Chromium that can also be driven over a port. */
function makeDriven(checkout: string): string {
  const folder = path.join(checkout, 'driven')
  mkdirSync(folder)
  const start = `exec '${findProgram('chromium')}' --remote-debugging-port=0 "$@"`
  writeFileSync(path.join(folder, 'chromium'), `#!/bin/sh\n${start}\n`, { mode: 0o755 })
  return folder
}

/** Where the Chromium of the stand-in can be driven whose profile is in this folder, or in one in it. */
function devtoolsIn(profiles: string): string {
  const names = readdirSync(profiles, { recursive: true, encoding: 'utf8' })
  const file = names.find((name) => path.basename(name) === 'DevToolsActivePort') ?? ''
  const port = readFileSync(path.join(profiles, file), 'utf8')
  return `http://127.0.0.1:${port.split('\n')[0]}`
}

/** The working directories and command lines of the programs that have this folder in one of them. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => describeProcess(pid))
    .filter((line) => line.includes(folder))
}

function describeProcess(pid: string): string {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return `${readlinkSync(`/proc/${pid}/cwd`)} ${line}`
  } catch {
    // It has ended meanwhile.
    return ''
  }
}
