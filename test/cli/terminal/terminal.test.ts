import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestFolder, markedSecret } from '../../helpers/marks.ts'
import { type Component, describeWith } from '../../helpers/needs.ts'
import { eventually } from '../../helpers/waiting.ts'
import { buildCli, environment, Running } from '../built-cli.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { account } from '../samples.ts'

const script: Component = {
  name: 'script (util-linux)',
  install: 'apt install bsdutils',
  isThere: () => spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('linux'),
}

describeWith([script], 'on a real terminal', () => {
  const LOGIN = 'POST /v1/accounts/*/login'
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

  /** A login between two reads of the terminal's settings; its output is what the user sees. */
  function start(stdout = '', args = 'sftpgo/work', before = ''): Running {
    const settings = 'stty -g | sed s/^/settings:/'
    // exec keeps the process id that was shown, so that a test can send exactly it a signal.
    const node = `exec '${process.execPath}' '${program}' login ${args} ${stdout}`
    const login = `sh -c 'echo pid:$$; ${before} ${node.replaceAll("'", '"')}'`
    return new Running(
      'script',
      ['-qec', `${settings}; ${login}; echo "exit:$?"; ${settings}`, '/dev/null'],
      { env: environment(endpoint.home), stdio: ['pipe', 'pipe', 'pipe'] },
    )
  }

  async function look(terminal: Running) {
    await terminal.shows('exit:')
    terminal.child.stdin?.end()
    const { stdout } = await terminal.ended
    const settings = [...stdout.matchAll(/settings:(\S+)/g)].map(([, text]) => text)
    expect(settings).toHaveLength(2)
    return { screen: stdout, isRestored: settings[0] === settings[1] }
  }

  test('a secret is not echoed, and the terminal is as it was', async () => {
    const password = markedSecret('typed')
    const terminal = start()
    await terminal.shows('Password: ')
    terminal.child.stdin?.write(`wrong\u0015${password}x\u007f\r`)
    const { screen, isRestored } = await look(terminal)
    expect(endpoint.bodies(LOGIN)).toEqual([{ secrets: { password } }])
    expect(screen).toMatch(/Password: \r\nLogged in: sftpgo\/work .*\r\nexit:0/)
    expect(screen).not.toContain(password)
    expect(isRestored).toBe(true)
  })

  test('neither are the password and the code that it asks for once more', async () => {
    endpoint.refuse(LOGIN, 'otp_required')
    endpoint.reply(LOGIN, account)
    const [first, second, code] = [markedSecret('a'), markedSecret('b'), markedSecret('c')]
    const terminal = start()
    await terminal.shows('Password: ')
    terminal.child.stdin?.write(`${first}\r`)
    await terminal.shows('leave the code empty if you have none.\r\nPassword: ')
    terminal.child.stdin?.write(`${second}\r${code}\r`)
    const { screen, isRestored } = await look(terminal)
    expect(endpoint.bodies(LOGIN)).toEqual([
      { secrets: { password: first } },
      { secrets: { password: second }, one_time_code: code },
    ])
    expect(screen).not.toMatch(/ttmark/)
    expect(isRestored).toBe(true)
  })

  test('questions that are shown and hidden ones take turns', async () => {
    const password = markedSecret('typed')
    const terminal = start('', 'sftpgo --ask-all --set url=https://files.example.com')
    for (const [question, answer] of [
      ['Role (user, admin) [user]: ', ''],
      ['User name: ', 'alicx\u007fe'],
      ['Password: ', password],
      ['CA file (optional, Enter to skip): ', ''],
    ] as const) {
      await terminal.shows(question)
      terminal.child.stdin?.write(`${answer}\r`)
    }
    const { screen, isRestored } = await look(terminal)
    expect(endpoint.bodies('POST /v1/accounts')).toEqual([
      {
        provider: 'sftpgo',
        values: { url: 'https://files.example.com', role: 'user', username: 'alice' },
        secrets: { password },
      },
    ])
    expect(screen).not.toContain(password)
    expect(isRestored).toBe(true)
  })

  test('of lines that are pasted together the hidden ones are not echoed', async () => {
    const password = markedSecret('pasted')
    const terminal = start('', 'sftpgo --set url=https://files.example.com --set role=admin')
    await terminal.shows('User name: ')
    terminal.child.stdin?.write(`alice\r${password}\r`)
    const { screen, isRestored } = await look(terminal)
    expect(endpoint.bodies('POST /v1/accounts')).toMatchObject([
      { values: { role: 'admin', username: 'alice' }, secrets: { password } },
    ])
    expect(screen).toContain('User name: alice\r\n')
    expect(screen).not.toContain(password)
    expect(isRestored).toBe(true)
  })

  test('what is pasted before the first question is not echoed, but as the answer to one', async () => {
    const password = markedSecret('ahead')
    const release = endpoint.hold('GET /v1/providers')
    const terminal = start('', 'sftpgo --set url=https://files.example.com')
    await endpoint.asked('GET /v1/providers')
    terminal.child.stdin?.write(`alice\r${password}\r`)
    release()
    const { screen, isRestored } = await look(terminal)
    expect(endpoint.bodies('POST /v1/accounts')).toMatchObject([
      { values: { username: 'alice' }, secrets: { password } },
    ])
    expect(screen).toMatch(/settings:\S+\r\npid:\d+\r\nUser name: alice\r\nPassword: \r\n/)
    expect(screen).not.toContain(password)
    expect(isRestored).toBe(true)
  })

  test('what was typed before the program had the terminal is no answer', async () => {
    const early = 'typed-too-early'
    const release = endpoint.hold('GET /v1/providers')
    const terminal = start('', 'sftpgo --set url=https://files.example.com', 'read -r go;')
    await terminal.shows('pid:')
    // The first line is for the shell; what stands behind it waits in the terminal.
    terminal.child.stdin?.write(`go\nmallory\n${early}\n`)
    await endpoint.asked('GET /v1/providers')
    release()
    await terminal.shows('User name: ')
    terminal.child.stdin?.write('alice\r')
    await terminal.shows('Password: ')
    const password = markedSecret('typed')
    terminal.child.stdin?.write(`${password}\r`)
    const { screen } = await look(terminal)
    expect(screen).toContain('Input typed before the first question was discarded.')
    expect(endpoint.bodies('POST /v1/accounts')).toMatchObject([
      { values: { username: 'alice' }, secrets: { password } },
    ])
    expect(JSON.stringify(endpoint.requests)).not.toContain(early)
  })

  test('a password typed after an answer that is refused is neither echoed nor sent', async () => {
    const password = markedSecret('habit')
    endpoint.reply('POST /v1/accounts/check', {})
    endpoint.refuse('POST /v1/accounts/check', 'invalid_request', {
      error_description: 'The address is not a URL.',
    })
    const terminal = start('', 'sftpgo')
    await terminal.shows('Address: ')
    terminal.child.stdin?.write(`alice\r${password}\r`)
    await terminal.shows('Input discarded.')
    terminal.child.stdin?.write('\u0003')
    const { screen, isRestored } = await look(terminal)
    expect(screen).toMatch(/exit:130/)
    expect(screen).not.toContain(password)
    expect(JSON.stringify(endpoint.requests)).not.toContain(password)
    expect(isRestored).toBe(true)
  })

  test('what is typed while the service is asked is not echoed, and Ctrl-C ends it', async () => {
    const early = markedSecret('early')
    const release = endpoint.hold(LOGIN)
    const terminal = start()
    await terminal.shows('Password: ')
    terminal.child.stdin?.write(`${markedSecret('typed')}\r`)
    await endpoint.asked(LOGIN)
    terminal.child.stdin?.write(`${early}\u0003`)
    const { screen, isRestored } = await look(terminal)
    release()
    expect(screen).toMatch(/exit:130/)
    expect(screen).not.toMatch(/ttmark/)
    expect(isRestored).toBe(true)
  })

  test('questions are seen where standard output goes elsewhere', async () => {
    const terminal = start('> /dev/null')
    await terminal.shows('Password: ')
    terminal.child.stdin?.write(`${markedSecret('typed')}\r`)
    expect((await look(terminal)).screen).not.toContain('Logged in')
  })

  test('Ctrl-C ends it with 130, and the terminal is as it was', async () => {
    const terminal = start()
    await terminal.shows('Password: ')
    terminal.child.stdin?.write(`${markedSecret('half')}\u0003`)
    const { screen, isRestored } = await look(terminal)
    expect(screen).toMatch(/Password: \r\nexit:130/)
    expect(screen).not.toMatch(/ttmark/)
    expect(isRestored).toBe(true)
    expect(endpoint.bodies(LOGIN)).toEqual([])
  })

  test('a terminal that is gone ends it without a crash', async () => {
    const outcome = path.join(makeTestFolder('hung-up'), 'outcome')
    const login = `'${process.execPath}' '${program}' login sftpgo/work`
    // The shell outlives its terminal, to tell how the program ended.
    const terminal = new Running(
      'script',
      [
        '-qec',
        `trap '' HUP; ${login}; echo $? > '${outcome}.new'; mv '${outcome}.new' '${outcome}'`,
        '/dev/null',
      ],
      { env: environment(endpoint.home), stdio: ['pipe', 'pipe', 'pipe'] },
    )
    await terminal.shows('Password: ')
    terminal.child.kill('SIGKILL')
    await eventually(() => existsSync(outcome)).toBe(true)
    // By the signal, the end of input or a failed write: any of them may come first.
    expect(['1', '129', '130']).toContain(readFileSync(outcome, 'utf8').trim())
  })

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'so it is when a signal ends it, in a question and after one (%s)',
    async (signal, exit) => {
      const asking = start()
      await asking.shows('Password: ')
      process.kill(await asking.pid(), signal)
      const release = endpoint.hold(LOGIN)
      const waiting = start()
      await waiting.shows('Password: ')
      waiting.type(`${markedSecret('typed')}\r`)
      await endpoint.asked(LOGIN)
      process.kill(await waiting.pid(), signal)
      for (const terminal of [asking, waiting]) {
        const { screen, isRestored } = await look(terminal)
        expect(screen).toContain(`exit:${exit}`)
        expect(isRestored).toBe(true)
      }
      release()
    },
  )
})
