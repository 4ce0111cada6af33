import { TokentrayError } from '../../base/errors.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import type { Account, Accounts } from '../../broker/account/accounts.ts'
import type { Client, Clients } from '../../broker/clients.ts'

interface Named {
  /** An account id. */
  readonly audience: string | undefined
  /** URIs of the resources that the token is for (RFC 8707). */
  readonly resources: readonly string[]
}

/**
 * The account that a request names, by its current name or the one it had when the client was granted
 * it. Unknown and ungranted accounts get the same error, so that a client cannot discover accounts.
 */
export function findTarget(
  { audience, resources }: Named,
  client: Client,
  accounts: Accounts,
  clients: Clients,
): Account {
  if (audience !== undefined) {
    const former = clients.formerlyNamed(client, audience)
    const account = accounts.find(audience) ?? (former && accounts.byUid(former))
    if (account && clients.isGranted(client, account.uid)) return account
    throw new TokentrayError('invalid_target')
  }
  const granted = accounts.all().filter(({ uid }) => clients.isGranted(client, uid))
  const candidates = granted.filter((account) =>
    resources.every((resource) =>
      isUnder(resource, account.values['url'] ?? account.values['base']),
    ),
  )
  const [only] = candidates
  if (!only || candidates.length > 1) {
    throw candidates.length > 1 ? several(candidates) : new TokentrayError('invalid_target')
  }
  return only
}

const MOST_NAMED = 5

function several(candidates: readonly Account[]): TokentrayError {
  const named = candidates.slice(0, MOST_NAMED).map(({ id }) => `audience=${id}`)
  const more = candidates.length > named.length ? ['another that GET /v1/accounts lists'] : []
  return new TokentrayError('invalid_target', 'Several granted accounts match.', {
    hint: `Send ${[...named, ...more].join(' or ')}, or use a client for each account.`,
  })
}

/**
 * Same scheme, host and port, and the account's path is a prefix by whole segments. RFC 8707 2 allows
 * no fragment; a user name or password is refused because a tool should not send one.
 */
function isUnder(resource: string, base: string | undefined): boolean {
  const wanted = parseUrl(resource)
  const account = base === undefined ? null : parseUrl(base)
  if (!wanted || !account) return false
  if (resource.includes('#') || wanted.username !== '' || wanted.password !== '') return false
  const prefix = account.pathname.replace(/\/*$/, '/')
  return wanted.origin === account.origin && `${wanted.pathname}/`.startsWith(prefix)
}
