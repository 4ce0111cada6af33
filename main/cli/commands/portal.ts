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
The link works once; anyone who has it can use it. The browser gets it directly
from Tokentray, so that it does not appear in the list of processes.
`

/** The command `portal`. */
export function addPortalCommand(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('portal')
    .description('Open the portal of an account in the browser, already logged in')
    .argument('<account>', ACCOUNT)
    .argument('[application]', 'ID or UID of another application of the same key')
    .option('--print', 'Print the link instead of opening it')
    .option('--json', 'With --print: print the link and its details as JSON')
    .addHelpText('after', HELP)
    .action(async (account: string, application: string | undefined, options: PortalOptions) => {
      if (options.json && !options.print) {
        throw new TokentrayError('invalid_request', '--json requires --print.', {
          hint: 'Add --print, or leave --json out.',
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
        screen.note('The link works once.')
      } else {
        await openPage(portal, api, context)
        screen.result(`Opened in the browser: ${application ?? account}`)
      }
      const ends = when(portal.ends_at, context.now())
      screen.note(`Access ends ${ends}. To revoke it now: tokentray revoke ${portal.lease_id}`)
    })
}

/** Opens the link; if that fails or is interrupted, revokes the access that the link gives. */
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
    const opened = openPage(url, () => screen.note('Waiting for the browser…'))
    await Promise.race([opened, interrupted])
  } catch (error) {
    // A second Ctrl-C ends the program, even while the access is revoked.
    release()
    // A failure here is only noted: the reason why the link was not opened matters more.
    await api.end({ lease }).catch(() => {
      screen.note(`The access could not be revoked. To try again: tokentray revoke ${lease}`)
    })
    throw error
  } finally {
    release()
  }
}
