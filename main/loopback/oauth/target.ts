import { type RefusalCause, TokentrayError } from '../../base/errors.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import type { Account, Accounts } from '../../broker/account/accounts.ts'
import type { Client, Clients } from '../../broker/clients.ts'

interface Named {
  /** An account id. */
  readonly audience: string | undefined
  /** URIs of the resources that the token is for (RFC 8707). */
  readonly resources: readonly string[]
}

/** The account that a request names, or why it gets none. */
export type Target =
  | { readonly account: Account }
  | {
      readonly refusal: TokentrayError
      /** Security: for the record only. */
      readonly refusedFor: Account | undefined
    }

/**
 * The account that a request names, by its current name or the one it had when the client was granted
 * it. Unknown and ungranted accounts get the same answer, so that a client cannot discover accounts; only
 * the record tells them apart.
 */
export function findTarget(
  { audience, resources }: Named,
  client: Client,
  accounts: Accounts,
  clients: Clients,
): Target {
  if (audience !== undefined) {
    const former = clients.formerlyNamed(client, audience)
    const account = accounts.find(audience) ?? (former && accounts.byUid(former))
    if (!account) return refuse('no_such_account')
    return clients.isGranted(client, account.uid) ? { account } : refuse('not_granted', account)
  }
  const matching = accounts
    .all()
    .filter((account) =>
      resources.every((resource) =>
        isUnder(resource, account.values['url'] ?? account.values['base']),
      ),
    )
  const granted = matching.filter(({ uid }) => clients.isGranted(client, uid))
  const [only] = granted
  if (granted.length > 1) return { refusal: several(granted), refusedFor: undefined }
  if (only) return { account: only }
  if (matching.length === 0) return refuse('no_match')
  const isNamed = resources.length > 0 && matching.length === 1
  return refuse('not_granted', isNamed ? matching[0] : undefined)
}

const refuse = (recordedCause: RefusalCause, refusedFor?: Account): Target => ({
  refusal: new TokentrayError('invalid_target', undefined, { recordedCause }),
  refusedFor,
})

const MOST_NAMED = 5

function several(candidates: readonly Account[]): TokentrayError {
  const named = candidates.slice(0, MOST_NAMED).map(({ id }) => `audience=${id}`)
  const more = candidates.length > named.length ? ['another that GET /v1/accounts lists'] : []
  return new TokentrayError('invalid_target', 'Several granted accounts match.', {
    hint: `Send ${[...named, ...more].join(' or ')}, or use a client for each account.`,
    recordedCause: 'several_match',
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
