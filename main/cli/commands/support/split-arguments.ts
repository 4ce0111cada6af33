import type { Command } from 'commander'

/** A command line for commander, and the part of it that names the command. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly command: readonly string[]
  /** True for a group of commands that may be followed by an account alone. */
  readonly takesAccount: boolean
}

/** Former commands and what they are called now. A map, because a typed word may name an inherited member. */
const RENAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['clients', ['tools']],
  ['leases', ['active']],
  ['end-all', ['revoke', '--all']],
])

/**
 * Finds the command, which may be nested. Without arguments it is the program's help; `help COMMAND` becomes the
 * command's `--help`. A group alone, or with options, becomes its `list`; a group with an account becomes its
 * `list` or its `show`, whichever takes one. Anything else after a group is an unknown command.
 */
export function splitArguments(program: Command, given: readonly string[]): CommandLine {
  const args = given.length === 0 ? ['--help'] : renamed(given)
  if (args[0] === 'help') {
    const { command, group, rest } = walk(program, args.slice(1))
    // Commander refuses an unknown word, but only within a group.
    const [unknown] = group ? rest : []
    return { args: [...command, unknown ?? '--help'], command, takesAccount: false }
  }
  const { command, group, rest } = walk(program, args)
  const [next = '-'] = rest
  const onAccount = ['list', 'show'].find((name) => takesArgument(group, name))
  const isGroup = group !== null && command.length > 0
  const takesAccount = isGroup && onAccount !== undefined
  const isHelp = isHelpOption(next)
  const hasAccount = rest.some((word) => !word.startsWith('-') && word.includes('/'))
  // Commander would show the help instead of refusing the unknown command.
  const isUnknown = group !== null && !next.startsWith('-') && !(isGroup && next.includes('/'))
  if (isUnknown) {
    return { args: args.filter((word) => !isHelpOption(word)), command, takesAccount }
  }
  if (!isGroup || isHelp || !(next.startsWith('-') || next.includes('/'))) {
    return { args, command, takesAccount }
  }
  const name = (hasAccount ? onAccount : undefined) ?? 'list'
  if (name === 'list' && next.includes('/') && !takesAccount) return { args, command, takesAccount }
  return { args: [...command, name, ...rest], command: [...command, name], takesAccount: false }
}

const isHelpOption = (word: string) => word === '-h' || word === '--help'

/** The arguments with a former command, alone or after `help`, called by its present name. */
function renamed(args: readonly string[]): readonly string[] {
  const at = args[0] === 'help' ? 1 : 0
  const now = RENAMED.get(args[at] ?? '')
  return now ? args.toSpliced(at, 1, ...now) : args
}

interface Walked {
  readonly command: readonly string[]
  /** The command reached, if it has subcommands. */
  readonly group: Command | null
  readonly rest: readonly string[]
}

function walk(program: Command, args: readonly string[]): Walked {
  let command = program
  let depth = 0
  for (const word of args) {
    const next = command.commands.find(
      (known) => known.name() === word || known.aliases().includes(word),
    )
    if (!next) break
    command = next
    depth += 1
  }
  return {
    command: args.slice(0, depth),
    group: command.commands.length > 0 ? command : null,
    rest: args.slice(depth),
  }
}

function takesArgument(group: Command | null, name: string): boolean {
  const command = group?.commands.find((known) => known.name() === name)
  return command !== undefined && command.registeredArguments.length > 0
}
