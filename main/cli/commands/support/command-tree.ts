import type { Argument, Command, Option } from 'commander'

/** A command as completions and the manual describe it. */
export interface CommandNode {
  /** The words that name it; none for the program itself. */
  readonly words: readonly string[]
  readonly command: Command
  readonly description: string
  readonly commands: readonly CommandNode[]
  readonly options: readonly OptionNode[]
  readonly values: readonly Values[]
}

/** The values that an argument or an option takes. */
export interface Values {
  /** Empty if they are not fixed. */
  readonly choices: readonly string[]
  readonly areFiles: boolean
}

interface OptionNode {
  readonly option: Option
  /** `--json`, or `-h` and `--help`. */
  readonly names: readonly string[]
  /** `null` for an option without a value. */
  readonly value: Values | null
}

/** The command and those below it, without the hidden ones. */
export function toTree(command: Command, words: readonly string[] = []): CommandNode {
  const help = command.createHelp()
  return {
    ...{ words, command, description: help.subcommandDescription(command) },
    commands: help.visibleCommands(command).map((inner) => toTree(inner, [...words, inner.name()])),
    options: help.visibleOptions(command).map((option) => ({
      option,
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      value: option.required || option.optional ? toValues(option, option.flags) : null,
    })),
    values: command.registeredArguments.map((argument) => toValues(argument, argument.name())),
  }
}

const toValues = ({ argChoices = [] }: Option | Argument, text: string): Values => ({
  choices: argChoices,
  areFiles: /\bfile\b/.test(text),
})

/** The commands of a tree, in the order of the help. */
export function flatten(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)]
}
