import type { EventEmitter } from 'node:events'
import type { Command } from 'commander'
import { type CommandNode, flatten } from './command-tree.ts'

interface Page {
  readonly version: string
  readonly description: string
  /** Titles of sections, and their texts, which keep their lines. */
  readonly sections: Readonly<Record<string, string>>
}

/** The manual page of the program, for man(1). It has no date, so that every build is the same. */
export function manPage(program: CommandNode, { version, description, sections }: Page): string {
  const commands = flatten(program).filter(({ words, commands: inner }) => {
    return words.length > 0 && words[0] !== 'help' && inner.length === 0
  })
  return `${[
    `.TH TOKENTRAY 1 "" "Tokentray ${version}" "User Commands"`,
    ...['.SH NAME', `tokentray \\- ${escaped(description)}`],
    ...['.SH SYNOPSIS', '\\fBtokentray\\fR \\fICOMMAND\\fR ...'],
    ...['.SH COMMANDS', ...commands.flatMap(toSection)],
    ...Object.entries(sections).flatMap(([title, text]) => [`.SH ${title}`, ...verbatim(text)]),
  ].join('\n')}\n`
}

function toSection({ words, command, options }: CommandNode): string[] {
  const help = command.createHelp()
  const after = textAfter(command)
  return [
    `.SS tokentray ${escaped(words.join(' '))}`,
    `\\fBtokentray ${escaped([...words, command.usage()].join(' '))}\\fR`,
    ...['.PP', escaped(command.description())],
    ...help
      .visibleArguments(command)
      .flatMap((argument) =>
        toItem(help.argumentTerm(argument), help.argumentDescription(argument)),
      ),
    ...options
      .filter(({ option }) => option.long !== '--help')
      .flatMap(({ option }) => toItem(help.optionTerm(option), help.optionDescription(option))),
    ...(after === '' ? [] : ['.PP', ...verbatim(after)]),
  ]
}

const toItem = (term: string, description: string) => [
  ...['.TP', `\\fB${escaped(term)}\\fR`, escaped(description)],
]

/** The notes behind the help of a command. */
function textAfter(command: Command): string {
  let text = ''
  // Its types do not say that a command is an emitter.
  const emitter = command as unknown as EventEmitter
  emitter.emit('afterHelp', {
    ...{ error: false, command },
    write: (part: string) => {
      text += part
    },
  })
  return text
}

/** The text in its own lines, without blank ones around it. */
const verbatim = (text: string) => [
  ...[
    '.nf',
    ...text
      .replace(/^\n+|\s+$/g, '')
      .split('\n')
      .map(escaped),
    '.fi',
  ],
]

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\\': '\\(rs', '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' },
}

/** Text that troff(1) prints as it is, also at the beginning of a line. */
function escaped(text: string): string {
  return text.replace(/[\\\-'`^~]/g, (character) => ESCAPES[character] ?? '').replace(/^\./, '\\&.')
}
