import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Running } from '../cli/built-cli.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { type Component, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { type FiveServices, startFiveServices } from '../simulators/five-services.ts'
import { CLI, type Installation, install, type Serving } from './real-agent.ts'

const script: Component = {
  name: 'script (util-linux)',
  install: 'apt install bsdutils',
  isThere: () => spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('linux'),
}

/** The first question for a service without a fixed address. */
const ADDRESS: Readonly<Record<string, string>> = {
  sftpgo: 'Address',
  giantswarm: 'API endpoint',
}

/** The question for the user name, or for the secret if there is none, and the next question. */
const FIRST: Readonly<Record<string, readonly [string, string]>> = {
  sftpgo: ['User name: ', 'Password: '],
  giantswarm: ['Email: ', 'Password: '],
  glowmarkt: ['User name: ', 'Password: '],
  koyeb: ['API token: ', 'API token: '],
  svix: ['Application: ', 'API key'],
}

/** Resolves once the terminal has turned echo off. */
async function hushed(terminal: Running): Promise<void> {
  const device = await terminal.device()
  const settings = () => spawnSync('stty', ['-F', device, '-a'], { encoding: 'utf8' }).stdout
  await eventually(settings, 30_000).toMatch(/ -echo /)
}

/** A typing user, and the first two questions they answer. */
interface Typing {
  readonly terminal: Running
  readonly first: string
  readonly next: string
  readonly name: string
  readonly secret: string
}

const styles = {
  slowly: async ({ terminal, first, next, name, secret }: Typing) => {
    await terminal.shows(first)
    for (const character of `${name}\r`) terminal.type(character)
    await terminal.shows(next, next === first ? 2 : 1)
    for (const character of `${secret}\r`) terminal.type(character)
  },
  'at the first question': async ({ terminal, first, name, secret }: Typing) => {
    await terminal.shows(first)
    terminal.type(`${name}\r${secret}\r`)
  },
  'before there is a question': async ({ terminal, name, secret }: Typing) => {
    await hushed(terminal)
    terminal.type(`${name}\r${secret}\r`)
  },
}

describeWith([script], 'a user who types name, Enter, password, Enter out of habit', () => {
  let installation: Installation
  let services: FiveServices
  let agent: Serving
  beforeAll(async () => {
    installation = install({ TERM: 'xterm', LC_ALL: 'C.UTF-8' })
    services = await startFiveServices({ onToken: registerSecret }, markedSecret)
    agent = installation.serve(['--memory'])
    await agent.says(/^passwords: in memory$/)
  })
  afterAll(async () => {
    await agent.stop()
    await services.close()
  })

  const everythingWritten = () =>
    readdirSync(installation.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .join('\n')

  /** All requests the services received, without bodies and credentials. */
  const sentInTheOpen = () =>
    Object.values(services.all)
      .flatMap(({ requests }) => requests)
      .flatMap(({ headers: { authorization: _, ...rest }, path: where }) => [
        ...Object.values(rest),
        where,
      ])
      .join('\n')

  const everyWay = Object.entries(styles).flatMap(([style, enter], index) =>
    Object.keys(FIRST).map((provider) => ({ provider, style, enter, name: `habit-${index}` })),
  )

  test.each(everyWay)(
    '$provider, $style: the password is not on the screen, in a file or in a header, and the login succeeds',
    async ({ provider, enter, name: account }) => {
      const form = services.forms.find((each) => each.provider === provider)
      const { url = '', ...who } = form?.values ?? {}
      const [secret = ''] = Object.values(form?.secrets ?? {})
      const [name = 'alice@example.com'] = Object.values(who)
      const address = ADDRESS[provider]
      const [first = '', next = ''] = FIRST[provider] ?? []
      const args = `login ${provider} --name ${account}${address ? '' : ` --set url=${url}`}`
      const terminal = new Running(
        'script',
        ['-qec', `tty; '${process.execPath}' '${CLI}' ${args}; echo "exit:$?"`, '/dev/null'],
        { env: installation.env, stdio: ['pipe', 'pipe', 'pipe'] },
      )
      const questions = address
        ? { first: `${address}: `, next: 'neither shown nor used): ' }
        : { first, next }
      await enter({ terminal, ...questions, name, secret })
      if (address) {
        await terminal.shows('Input discarded.')
        terminal.type('\r')
        await terminal.shows(`${address}: `, 2)
        terminal.type(`${url}\r`)
        await terminal.shows(first)
        terminal.type(`${name}\r${secret}\r`)
      }
      await terminal.shows('exit:')
      terminal.child.stdin?.end()
      const { stdout: screen } = await terminal.ended

      expect(screen).toContain(`Logged in: ${provider}/${account}`)
      expect(screen).toContain('exit:0')
      expect(screen).not.toContain(secret)
      expect(everythingWritten()).not.toContain(secret)
      const headers = await installation.mustDo(['header', `${provider}/${account}`])
      expect(headers).not.toContain(secret)
      expect(sentInTheOpen()).not.toContain(secret)
    },
  )

  test('a password given for another field is neither stored nor sent', async () => {
    const { url = '' } = services.forms[0]?.values ?? {}
    // Unmarked: as an argument it is in the process list, where other tests look for marked secrets.
    const password = randomBytes(12).toString('hex')
    const before = services.sftpgo.requests.length
    const run = await installation.cli(
      [
        ...['login', 'sftpgo', '--name', 'open', '--set', `url=${url}`],
        ...['--set', `username=${password}`],
      ],
      `${password}\n`,
    )
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/^tokentray: "User name" looks like your password or key\./)
    expect(run.stderr).not.toContain(password)
    expect(everythingWritten()).not.toContain(password)
    expect(services.sftpgo.requests).toHaveLength(before)
  })
})
