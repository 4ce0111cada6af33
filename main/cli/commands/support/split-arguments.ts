import type { Command } from 'commander'

/** A command line as commander takes it, and the words of it that name the command. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly command: readonly string[]
  /** True where the command is a group of commands of which one is meant by an account alone. */
  readonly takesAccount: boolean
}

/**
 * Finds the command that is meant, however deep. `help` and what follows become the `--help` of that
 * command, and a group alone, or with options, becomes its `list`. With an account behind it it becomes
 * its `list`, or its `show`, whichever takes one; what else follows a group is an unknown command.
 */
export function splitArguments(program: Command, args: readonly string[]): CommandLine {
  if (args[0] === 'help') {
    const { command, group, rest } = walk(program, args.slice(1))
    // An unknown word is for commander to refuse, which it does within a group only.
    const [unknown] = group ? rest : []
    return { args: [...command, unknown ?? '--help'], command, takesAccount: false }
  }
  const { command, group, rest } = walk(program, args)
  const [next = '-'] = rest
  const onAccount = ['list', 'show'].find((name) => takesArgument(group, name))
  const isGroup = group !== null && command.length > 0
  const takesAccount = isGroup && onAccount !== undefined
  const isHelp = next === '-h' || next === '--help'
  const hasAccount = rest.some((word) => !word.startsWith('-') && word.includes('/'))
  if (!isGroup || isHelp || !(next.startsWith('-') || next.includes('/'))) {
    return { args, command, takesAccount }
  }
  const name = (hasAccount ? onAccount : undefined) ?? 'list'
  if (name === 'list' && next.includes('/') && !takesAccount) return { args, command, takesAccount }
  return { args: [...command, name, ...rest], command: [...command, name], takesAccount: false }
}

interface Walked {
  readonly command: readonly string[]
  /** Present where only another word names a command. */
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
