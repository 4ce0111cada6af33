import { type Command, Option } from 'commander'
import { errorTable, toTokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { replyToCargo } from '../helpers/cargo.ts'
import { replyToDocker } from '../helpers/docker.ts'
import { replyToGit } from '../helpers/git.ts'
import { type HelperReply, onOneLine } from '../helpers/helper-reply.ts'
import { replyToKubernetes, toKubeconfig } from '../helpers/kubernetes.ts'
import { ACCOUNT } from './support/usage.ts'

const SET_UP = `
Set-up:
  git      git config --global credential.https://HOST.helper tokentray
  docker   in ~/.docker/config.json: {"credHelpers": {"HOST": "tokentray"}}
  cargo    in ~/.cargo/config.toml, for [registries.NAME]:
           credential-provider = "cargo-credential-tokentray"
  kubectl  tokentray credential kubernetes ACCOUNT --config

The account that answers for HOST is the one whose service is there, or the one
that has the address: tokentray accounts set ACCOUNT --for https://HOST
`

/** The command `credential` and its subcommands, which other programs call. */
export function addCredentialCommands(
  program: Command,
  context: Context,
  setExit: (code: number) => void,
): void {
  const credential = program
    .command('credential')
    .description('Give tokens to git, docker and other programs that ask for them')
    .addHelpText('after', SET_UP)

  const send = async (replying: Promise<HelperReply>) => {
    const { out, note, exit } = await replying.catch(toFailure)
    if (out !== '') context.screen.raw(out)
    if (note !== undefined) context.screen.note(note)
    setExit(exit)
  }

  credential
    .command('git')
    .description('Answer git; it calls this as git-credential-tokentray')
    .argument('<verb>', 'What git wants: get, store or erase')
    .addHelpText('after', SET_UP)
    .action((verb: string) => send(replyToGit(verb, context)))

  credential
    .command('docker')
    .description('Answer docker; it calls this as docker-credential-tokentray')
    .argument('<verb>', 'What docker wants: get, store, erase, list or version')
    .addHelpText('after', SET_UP)
    .action((verb: string) => send(replyToDocker(verb, program.version() ?? '', context)))

  credential
    .command('cargo')
    .description('Answer cargo; it calls this as cargo-credential-tokentray')
    // Cargo adds it to each call.
    .addOption(new Option('--cargo-plugin').hideHelp())
    .addHelpText('after', SET_UP)
    .action(() => replyToCargo(context))

  credential
    .command('kubernetes')
    .description('Answer kubectl, whose configuration names the account')
    .argument('<account>', ACCOUNT)
    .option('--config', 'Print what to add to ~/.kube/config instead')
    .action(async (account: string, { config }: { config?: true }) => {
      const id = parseAccountId(account)
      if (config) context.screen.raw(toKubeconfig(id))
      else await send(nameNotFound({ account: id }, replyToKubernetes(id, context)))
    })
}

/** Standard output belongs to the protocol, so that nothing is on it. */
function toFailure(error: unknown): HelperReply {
  const failure = toTokentrayError(error)
  return { out: '', note: onOneLine(failure), exit: errorTable[failure.code].exit }
}
