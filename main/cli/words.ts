import type { Command } from 'commander'

/** A command line as commander takes it, and the words of it that name the command. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly command: readonly string[]
}

/**
 * Finds the command that is meant, however deep. `help` and what follows become the `--help` of that
 * command, and a group alone, or with options, becomes its `list`. So it does with an account behind
 * it, where its `list` takes one; what else follows a group is an unknown command.
 */
export function readWords(program: Command, args: readonly string[]): CommandLine {
  if (args[0] === 'help') {
    const { command, group, rest } = walk(program, args.slice(1))
    // An unknown word is for commander to refuse, which it does within a group only.
    const [unknown] = group ? rest : []
    return { args: [...command, unknown ?? '--help'], command }
  }
  const { command, group, rest } = walk(program, args)
  const [next = '-'] = rest
  const isListed = next.startsWith('-') || (next.includes('/') && takesArgument(group, 'list'))
  const isBare = group !== null && command.length > 0 && isListed
  if (!isBare || next === '-h' || next === '--help') return { args, command }
  return { args: [...command, 'list', ...rest], command: [...command, 'list'] }
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
    const next = command.commands.find((known) => known.name() === word)
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
