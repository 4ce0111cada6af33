import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import type { Api, Portal } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { when } from '../terminal/print.ts'
import { ACCOUNT } from './support/usage.ts'

interface PortalOptions {
  readonly print?: boolean
  readonly json?: boolean
}

const HELP = `
The link is good for one visit, and whoever has it is logged in. The browser gets
it from Tokentray directly, so that it stands in no list of processes.
`

/** `portal`. */
export function addPortalCommand(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('portal')
    .description('open the pages that a service has for an account, logged in')
    .argument('<account>', ACCOUNT)
    .argument('[application]', 'another application under the same key')
    .option('--print', 'print the link alone, and open nothing')
    .option('--json', 'with --print: print the whole answer as JSON')
    .addHelpText('after', HELP)
    .action(async (account: string, application: string | undefined, options: PortalOptions) => {
      if (options.json && !options.print) {
        throw new TokentrayError('invalid_request', '--json goes with --print only.', {
          hint: 'Give both, or leave --json out.',
        })
      }
      const api = context.connect()
      const portal = await nameNotFound({ account }, api.portal(account, application))
      if (options.json) {
        const { url, ...lease } = portal
        return screen.json({ url: url.reveal(), ...lease })
      }
      if (options.print) {
        screen.raw(`${portal.url.reveal()}\n`)
        screen.note('The link is good for one visit.')
      } else {
        await openPage(portal, api, context)
        screen.result(`Opened in the browser: ${application ?? account}`)
      }
      const ends = when(portal.ends_at, context.now())
      screen.note(`The visit ends ${ends}; to end it now: tokentray revoke ${portal.lease_id}`)
    })
}

/** A link that nobody has visited is of no use to anybody: what it allows ends, also at Ctrl-C. */
async function openPage(
  { url, lease_id: lease }: Portal,
  api: Api,
  { openPage, onInterrupt, screen }: Context,
): Promise<void> {
  let release = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    release = onInterrupt(() => reject(new TokentrayError('cancelled')))
  })
  try {
    const opened = openPage(url, () => screen.note('Waiting for the browser ...'))
    await Promise.race([opened, interrupted])
  } catch (error) {
    // A second Ctrl-C is about what follows.
    release()
    // Why it was not opened matters more, so that is what this ends with.
    await api.end({ lease }).catch(() => {
      screen.note(`The visit could not be ended; to end it: tokentray revoke ${lease}`)
    })
    throw error
  } finally {
    release()
  }
}
