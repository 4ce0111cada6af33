import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Ended, Running } from '../cli/built-cli.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { root } from './packages.ts'

const WINDOWS = path.join(root, 'build/windows/tokentray.cmd')

describeWith([linuxProc], 'the installed command', () => {
  let folder: string
  let command: string
  beforeEach(() => {
    folder = makeTestFolder('installed')
    command = path.join(folder, 'resources/cli/tokentray')
    mkdirSync(path.dirname(command), { recursive: true })
    copyFileSync(path.join(root, 'build/linux/tokentray'), command)
    mkdirSync(path.join(folder, 'bin'))
    symlinkSync('/usr/bin/readlink', path.join(folder, 'bin/readlink'))
  })

  /** A program that says that version, and else its name and each argument, and ends with 7. */
  const makeNode = (name: string, version: string): string => {
    const file = path.join(folder, 'bin', name)
    const lines = [`[ "$1" = --version ] && { echo '${version}'; exit 0; }`]
    lines.push(`printf '%s\\n' '${name}' "$@"`, 'exit 7')
    writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`)
    chmodSync(file, 0o755)
    return file
  }
  const run = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    new Running(command, args, { env: { PATH: path.join(folder, 'bin'), ...env } }).ended
  const program = () => path.join(folder, 'resources/cli/out/cli/tokentray.cjs')

  it.each(['v20.19.0', 'v20.20.2', 'v22.12.0', 'v24.0.0-rc.1', 'v100.1.0'])(
    'runs in the Node %s of the PATH, with every argument as it is and its exit code',
    async (version) => {
      makeNode('node', version)
      const stdout = `node\n${program()}\ntoken\nwith 'quotes' and  blanks\n\n$HOME *\n`
      const ended = { exit: 7, stdout, stderr: '' }
      expect(await run(['token', "with 'quotes' and  blanks", '', '$HOME *'])).toEqual(ended)
    },
  )

  it.each(['git-credential-tokentray', 'docker-credential-tokentray'])(
    'runs the helper %s if it is called by that name',
    async (name) => {
      makeNode('node', 'v22.12.0')
      const link = path.join(folder, 'bin', name)
      symlinkSync(command, link)
      const env = { PATH: path.join(folder, 'bin') }
      const script = path.join(folder, 'resources/cli/out/cli', `${name}.cjs`)
      expect((await new Running(link, ['get'], { env }).ended).stdout).toBe(
        `node\n${script}\nget\n`,
      )
    },
  )

  it.each(['v20.18.3', 'v18.20.0', 'v8.19.0', 'v0.12.18'])('refuses Node %s', async (version) => {
    makeNode('node', version)
    const { exit, stdout, stderr } = await run(['--version'])
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toBe(
      `tokentray: Node 20.19 or newer is required, but node is ${version}. Install it, or set TOKENTRAY_NODE to its path.\n`,
    )
  })

  it.each(['', 'hello', 'v20', 'v.', 'v20.x.1', '-e 1'])(
    'refuses a "node" whose version is "%s"',
    async (version) => {
      makeNode('node', version)
      const { exit, stderr } = await run()
      expect(exit).toBe(1)
      expect(stderr).toMatch(/^tokentray: Node 20\.19 or newer is required, [^\n]+\n$/)
    },
  )

  it('says in one line that there is no Node', async () => {
    const { exit, stdout, stderr } = await run(['--version'])
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toBe(
      'tokentray: Node 20.19 or newer is required, but node cannot be run. Install it, or set TOKENTRAY_NODE to its path.\n',
    )
  })

  it('prefers the Node that TOKENTRAY_NODE names, and says when that cannot be run', async () => {
    makeNode('node', 'v24.0.0')
    const other = makeNode('other node', 'v22.0.0')
    expect((await run([], { TOKENTRAY_NODE: other })).stdout).toBe(`other node\n${program()}\n`)
    const { exit, stderr } = await run([], { TOKENTRAY_NODE: '/nonexistent/node' })
    expect(exit).toBe(1)
    expect(stderr).toContain('/nonexistent/node cannot be run')
  })

  it('finds its program when it is called by a link', async () => {
    makeNode('node', 'v22.0.0')
    const link = path.join(folder, 'link')
    symlinkSync(command, link)
    command = link
    expect((await run()).stdout).toBe(`node\n${program()}\n`)
  })
})

describe('the command for Windows', () => {
  const text = readFileSync(WINDOWS, 'utf8')

  it('starts the program where the installer puts it', () => {
    const configuration = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')
    expect(configuration).toContain('from: build/windows/tokentray.cmd\n      to: tokentray.cmd\n')
    expect(configuration).toContain('from: out/npm\n    to: cli\n')
    expect(text).toContain('"%node%" "%~dp0resources\\cli\\out\\cli\\tokentray.cjs" %*')
  })

  it('needs no labels, which need line ends that git may change', () => {
    expect(text).not.toMatch(/^:|goto|call :/im)
  })
})
