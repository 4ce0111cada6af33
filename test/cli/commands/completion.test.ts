import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toTree } from '../../../main/cli/commands/support/command-tree.ts'
import { manPage } from '../../../main/cli/commands/support/man-page.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith, fish, manual, program, zsh } from '../../helpers/needs.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'

let endpoint: PlayedEndpoint
let folder: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  folder = makeTestFolder('completion')
  // Where one is found, a file name is completed.
  writeFileSync(path.join(folder, 'backup.json'), '')
})
afterEach(() => endpoint.close())

const printed = async (...args: string[]) => (await runCli(endpoint.directories, args)).stdout

/** The script of a shell in a file, and what runs a program of that shell with it. */
async function scriptFor(shell: 'bash' | 'zsh' | 'fish') {
  const file = path.join(folder, `tokentray.${shell}`)
  writeFileSync(file, await printed('completion', shell))
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const trap = '#!/bin/sh\ntouch "$TRAP"\n'
  for (const name of ['tokentray', 'node']) {
    writeFileSync(path.join(bin, name), trap, { mode: 0o755 })
  }
  const env = {
    ...{ PATH: `${bin}:${process.env['PATH']}`, HOME: folder, TRAP: path.join(folder, 'trapped') },
    ...{ LC_ALL: 'C.UTF-8', TERM: 'dumb' },
  }
  return (args: readonly string[]) =>
    execFileSync(shell, [...args], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
}

/** What is typed, and what a shell offers. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['stat', ['status']],
  ['token', ['token', 'tokens']],
  ['accounts r', ['rename', 'remove']],
  ['accounts show --js', ['--json']],
  ['token --form', ['--format']],
  ['token --format js', ['json']],
  ['token sftpgo/work --format he', ['header']],
  ['activity --kind log', ['logins']],
  ['completion fi', ['fish']],
  ['import back', ['backup.json']],
  ['tools add x --curl-config back', ['backup.json']],
  ['status back', []],
  ['nope stat', ['status']],
]

const FORMATS = ['plain', 'json', 'header', 'env', 'netrc']

const HOSTILE = ['$(touch run)', '`touch run`', '"$(touch run)', '$(touch run)/x', ';touch run;']
const isTrapped = () => ['run', 'trapped'].filter((name) => existsSync(path.join(folder, name)))

const bash = program('bash', 'apt install bash', 'bash')
describeWith([bash], 'bash', () => {
  const DRIVER = `
source "$1"; source "$1"; shift
COMP_WORDS=(tokentray "$@"); COMP_CWORD=$#
compopt() { [[ $* == '-o default' ]] && COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); }
complete -p tokentray >/dev/null && _tokentray
printf '%s\\n' "\${COMPREPLY[@]}"`

  const offered = (run: (args: readonly string[]) => string, words: readonly string[]) =>
    run(['--norc', '-c', DRIVER, 'bash', path.join(folder, 'tokentray.bash'), ...words])
      .split('\n')
      .filter(Boolean)

  test.each([...CASES, ['token --format = js', ['json']], ['token --format =', FORMATS]] as const)(
    'completes "%s"',
    async (line, expected) => {
      const run = await scriptFor('bash')
      expect(offered(run, line.split(' ')).sort()).toEqual([...expected].sort())
      expect(isTrapped()).toEqual([])
    },
  )

  test('runs nothing of the line, and no program', async () => {
    const run = await scriptFor('bash')
    for (const text of HOSTILE) {
      for (const words of [
        [text],
        ['token', text],
        ['token', text, '--f'],
        ['token', '--format', text],
      ]) {
        offered(run, words)
      }
    }
    expect(isTrapped()).toEqual([])
  })
})

describeWith([fish], 'fish', () => {
  const DRIVER = 'source $argv[1]; source $argv[1]; complete -C $argv[2]'
  const offered = (run: (args: readonly string[]) => string, line: string) => {
    const file = path.join(folder, 'tokentray.fish')
    const text = run(['--no-config', '-c', DRIVER, file, `tokentray ${line}`])
    return text
      .split('\n')
      .filter(Boolean)
      .map((each) => each.split('\t')[0] ?? '')
  }

  test('completes the same', async () => {
    const run = await scriptFor('fish')
    for (const [line, expected] of CASES) {
      expect([line, offered(run, line).sort()]).toEqual([line, [...expected].sort()])
    }
    expect(offered(run, 'token --format=js')).toEqual(['--format=json'])
    expect(isTrapped()).toEqual([])
  })

  test('runs nothing of the line, and no program', async () => {
    const run = await scriptFor('fish')
    for (const text of HOSTILE) offered(run, `token ${text} --f`)
    expect(isTrapped()).toEqual([])
  })
})

describeWith([zsh], 'zsh', () => {
  // In a pseudo-terminal of its own; "tokentray" prints its arguments once the line is entered.
  const DRIVER = `
zmodload zsh/zpty
zpty inner zsh -f -i
tell() { zpty -w inner "$1" }
tell 'PS1=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -Uz compinit; compinit -u -D'
tell "source $1; source $1; tokentray() { print -r -- \\"<\\$*>\\" }; print -r REA''DY"
zpty -r -m inner seen '*READY*'
zpty -w -n inner "tokentray $2"$'\\t'"$3"
zpty -r -m inner seen "*$4*"
print -r -- "$seen"
zpty -d inner`

  test.each([
    ['stat', 'status'],
    ['accounts sh', 'accounts show'],
    ['accounts show --js', 'accounts show --json'],
    ['token --form', 'token --format'],
    ['token --format js', 'token --format json'],
    ['token --format=he', 'token --format=header'],
    ['completion fi', 'completion fish'],
    ['import back', 'import backup.json'],
    ['tools add x --curl-config back', 'tools add x --curl-config backup.json'],
    ['status back', 'status back'],
  ])('completes "%s"', async (line, whole) => {
    const run = await scriptFor('zsh')
    const file = path.join(folder, 'tokentray.zsh')
    expect(run(['-f', '-c', DRIVER, 'zsh', file, line, '\n', '<*>'])).toContain(`<${whole}>`)
    expect(isTrapped()).toEqual([])
  })

  test('runs nothing of the line, and no program', async () => {
    const run = await scriptFor('zsh')
    const file = path.join(folder, 'tokentray.zsh')
    for (const text of HOSTILE.slice(0, 2)) {
      // Ctrl-U: the line is not entered.
      const end = "\u0015print -r DO''NE\n"
      run(['-f', '-c', DRIVER, 'zsh', file, `token ${text} --form`, end, 'DONE'])
    }
    expect(isTrapped()).toEqual([])
  })
})

describe('the manual page', () => {
  test('has every command, option and exit code of the help', async () => {
    const page = (await printed('manual-page')).replaceAll('\\-', '-')
    for (const word of [
      'tokentray tools new-secret',
      '--curl-config',
      '--format',
      'Keychain or T',
    ]) {
      expect(page).toContain(word)
    }
    expect(page).not.toMatch(/--lease-kind|manual-page/)
  })

  describeWith([manual], 'in man', () => {
    test('shows text as it is, also what troff would take for a request', async () => {
      const text = ".so /etc/passwd\n'tis \\fBa\\fR ^ ~ ` - test"
      const tree = toTree(new Command('tokentray'))
      const page = manPage(tree, { version: '1', description: 'x', sections: { TEXT: text } })
      const rendered = execFileSync('groff', ['-man', '-Tutf8', '-P-c'], {
        input: page,
        encoding: 'utf8',
      })
      for (const line of text.split('\n')) expect(rendered).toContain(line)
    })

    test('is rendered without a warning', async () => {
      const file = path.join(folder, 'tokentray.1')
      writeFileSync(file, await printed('manual-page'))
      const text = execFileSync('groff', ['-man', '-Tutf8', '-ww', '-P-c', file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      expect(text).toContain('--min-validity')
      const script =
        'groff -man -Tutf8 -ww "$1" 2>&1 >/dev/null; man --warnings -l "$1" 2>&1 >/dev/null'
      expect(execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' })).toBe('')
    })
  })
})
