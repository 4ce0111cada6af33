import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { basicOf, findAnswering } from './find-token.ts'
import { type HelperReply, nothing, onOneLine } from './helper-reply.ts'

/** Shown with the token in the activity record. */
const REASON = 'docker'
const LONGEST_ADDRESS = 65_535

/** What docker's client recognizes; it is compared literally. */
const NOT_FOUND: HelperReply = { out: 'credentials not found in native keychain\n', exit: 1 }
const NO_ADDRESS: HelperReply = { out: 'no credentials server URL\n', exit: 1 }

/** Replies to docker as its credential helpers do; what goes wrong is on standard output, and the exit code is 1. */
export async function replyToDocker(
  verb: string,
  version: string,
  context: Pick<Context, 'readInput' | 'connect'>,
): Promise<HelperReply> {
  try {
    switch (verb) {
      case 'get':
        return await get(await context.readInput(), context.connect)
      case 'list':
        return { out: `${JSON.stringify(await list(context.connect()))}\n`, exit: 0 }
      case 'version':
        return { out: `docker-credential-tokentray ${version}\n`, exit: 0 }
      case 'erase':
        // It says which server and no token, because the user logs out: there is nothing to revoke.
        return nothing
      default:
        throw verb === 'store' ? stored() : unknown()
    }
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    // Docker shows its user nothing of what is on standard output; only some of its commands show this line.
    const note = onOneLine(error)
    return { out: `${error.message}\n`, note, exit: 1 }
  }
}

async function get(input: string, connect: () => Api): Promise<HelperReply> {
  const text = input.trim()
  if (text === '') return NO_ADDRESS
  const addresses = toAddresses(text)
  if (addresses.length === 0) return NOT_FOUND
  const api = connect()
  for (const url of addresses) {
    const account = await findAnswering(api, { url })
    if (account === null) continue
    const { username, password } = basicOf(await api.issue({ account, reason: REASON }))
    const reply = { ServerURL: text, Username: username, Secret: password }
    return { out: `${JSON.stringify(reply)}\n`, exit: 0 }
  }
  return NOT_FOUND
}

/**
 * The web addresses that docker may mean: it leaves the scheme out, and uses http without asking for registries on this
 * machine only, for which the broker allows it as well.
 */
function toAddresses(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (text.length > LONGEST_ADDRESS || /[\u0000-\u0020\u007f\\]/.test(text)) return []
  if (/^https?:\/\//i.test(text)) return [text]
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('/')) return []
  return [`https://${text}`, `http://${text}`]
}

/** The addresses and the user names of all accounts. */
async function list(api: Api): Promise<Readonly<Record<string, string>>> {
  const { accounts } = await api.accounts()
  return Object.fromEntries(
    accounts.flatMap(({ id, addresses = [] }) =>
      addresses.map((address) => [address, id.slice(id.indexOf('/') + 1)] as const),
    ),
  )
}

const stored = () =>
  new TokentrayError('not_supported', 'Tokentray does not store passwords of docker.', {
    hint: 'Log in with "tokentray login", and see "tokentray accounts set --help" for its address.',
  })

const unknown = () =>
  new TokentrayError('invalid_request', 'That is not a command of a docker credential helper.', {
    hint: 'It is get, store, erase, list or version.',
  })
