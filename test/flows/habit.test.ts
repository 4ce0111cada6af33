import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Running } from '../cli/built-cli.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { type Component, describeWith } from '../helpers/needs.ts'
import { type FiveServices, startFiveServices } from '../simulators/five-services.ts'
import { CLI, type Installation, install, type Serving } from './real-agent.ts'

const script: Component = {
  name: 'script (util-linux)',
  install: 'apt install bsdutils',
  isThere: () => spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('linux'),
}

/** Where who logs in begins: what is asked before is where the server is. */
const ADDRESS: Readonly<Record<string, string>> = {
  sftpgo: 'Address: ',
  giantswarm: 'API endpoint: ',
}

describeWith([script], 'who types name, Enter, password, Enter out of habit', () => {
  let installation: Installation
  let services: FiveServices
  let agent: Serving
  beforeAll(async () => {
    installation = install({ TERM: 'xterm', LC_ALL: 'C.UTF-8' })
    services = await startFiveServices({ onToken: registerSecret }, markedSecret)
    agent = installation.serve(['--memory'])
    await agent.says(/^memory: ready$/)
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

  test.each(['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'])(
    '%s: the password is on no screen, in no file and in no header, and the login succeeds',
    async (provider) => {
      const form = services.forms.find((each) => each.provider === provider)
      const { url = '', ...who } = form?.values ?? {}
      const [secret = ''] = Object.values(form?.secrets ?? {})
      const [name = 'alice@example.com'] = Object.values(who)
      const address = ADDRESS[provider]
      const args = `login ${provider} --name habit${address ? '' : ` --set url=${url}`}`
      const terminal = new Running(
        'script',
        ['-qec', `'${process.execPath}' '${CLI}' ${args}; echo "exit:$?"`, '/dev/null'],
        { env: installation.env, stdio: ['pipe', 'pipe', 'pipe'] },
      )
      if (address) {
        await terminal.shows(address)
        terminal.child.stdin?.write(`${url}\r`)
      }
      await terminal.shows({ sftpgo: 'User name: ', svix: 'Application: ' }[provider] ?? ': ')
      terminal.child.stdin?.write(`${name}\r${secret}\r`)
      await terminal.shows('exit:')
      terminal.child.stdin?.end()
      const { stdout: screen } = await terminal.ended

      expect(screen).toContain(`Logged in: ${provider}/habit`)
      expect(screen).toContain('exit:0')
      expect(screen).not.toContain(secret)
      expect(everythingWritten()).not.toContain(secret)
      const headers = await installation.mustDo(['header', `${provider}/habit`])
      expect(headers).not.toContain(secret)
      const sent = Object.values(services.all).flatMap(({ requests }) => requests)
      const others = sent.flatMap(({ headers: { authorization: _, ...rest }, path: where }) => [
        ...Object.values(rest),
        where,
      ])
      expect(others.join('\n')).not.toContain(secret)
    },
  )

  test('a password given for another field is neither stored nor sent', async () => {
    const { url = '' } = services.forms[0]?.values ?? {}
    const password = markedSecret('open')
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
