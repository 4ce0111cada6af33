import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { toTree } from './support/command-tree.ts'
import { completionScript, shells } from './support/completions.ts'
import { manPage } from './support/man-page.ts'

const HELP = `
The Debian package installs these scripts. Otherwise, for you alone:

  $ tokentray completion bash > ~/.local/share/bash-completion/completions/tokentray
  $ tokentray completion zsh > DIRECTORY/_tokentray
  $ tokentray completion fish > ~/.config/fish/completions/tokentray.fish

DIRECTORY is one that "echo $fpath" lists.
`

/** The command `completion`, and the hidden one that prints the manual page for the packages. */
export function addCompletionCommand(
  program: Command,
  { screen }: Context,
  sections: Readonly<Record<string, string>>,
): void {
  program
    .command('completion')
    .description('Print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells))
    .addHelpText('after', HELP)
    .action((shell: (typeof shells)[number]) => {
      screen.raw(completionScript(shell, toTree(program)))
    })

  program
    .command('manual-page', { hidden: true })
    .description('Print the manual page, for packages')
    .action(() => {
      const version = program.version() ?? ''
      const description = program.description()
      screen.raw(manPage(toTree(program), { version, description, sections }))
    })
}
