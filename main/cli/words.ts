import type { Command } from 'commander'

/** A command line as commander takes it, and the words of it that name the command. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly command: readonly string[]
}

/**
 * Finds the command that is meant, however deep. `help` and what follows become the `--help` of that
 * command, and a group alone, or with options, becomes its `list`, so that what else follows a group
 * is an unknown command and not an argument of its `list`.
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
  const isBare = group && command.length > 0 && next.startsWith('-')
  if (!isBare || next === '-h' || next === '--help') return { args, command }
  return { args: [...command, 'list', ...rest], command: [...command, 'list'] }
}

interface Walked {
  readonly command: readonly string[]
  /** True where only another word names a command. */
  readonly group: boolean
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
    group: command.commands.length > 0,
    rest: args.slice(depth),
  }
}
