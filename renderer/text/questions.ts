import type { LeaseView, Snapshot } from '../../preload/snapshot.ts'
import { countActive, countTokens } from './active.ts'
import { toConsequences } from './endings.ts'
import { holder, tokenOf } from './names.ts'
import { plural, when } from './times.ts'

/** What is asked before something that cannot be taken back; the window and the tray ask the same. */
export interface QuestionWords {
  readonly title: string
  readonly text: readonly string[]
  /** The name of the deed, on its button. */
  readonly deed: string
}

/** Before an account is logged out. */
export function toLogOutQuestion(account: string): QuestionWords {
  return {
    title: `Log out ${account}?`,
    text: [
      'Active tokens are revoked where the service allows it, and the saved password is deleted.',
      'The account stays in the list; logging in again asks for the credential.',
    ],
    deed: 'Log out',
  }
}

/** Before one token is revoked. */
export function toEndQuestion(
  lease: LeaseView,
  { accounts, leases }: Pick<Snapshot, 'accounts' | 'leases'>,
  now: number,
): QuestionWords {
  const { client, account, tokenEndsAt } = lease
  const of = accounts.filter(({ id }) => id === account)
  return {
    title: `Revoke ${tokenOf(client, account)}?`,
    text: isShared(lease, leases)
      ? ['It stops working for this tool only: other tools hold the same token.']
      : [
          tokenEndsAt === undefined
            ? 'It stops working where the service allows that.'
            : `Nothing can revoke it at the service: it stays valid until it expires ${when(tokenEndsAt, now)}.`,
          ...toConsequences(of, [lease], []),
        ],
    deed: 'Revoke',
  }
}

/** Leases of one account that are shared stand on its session's one token. */
const isShared = ({ id, token }: LeaseView, leases: readonly LeaseView[]) =>
  leases.some((other) => other.id !== id && other.token === token)

/** Before everything that tools have is revoked. */
export function toEndAllQuestion({
  accounts,
  leases,
  sessions,
}: Pick<Snapshot, 'accounts' | 'leases' | 'sessions'>): QuestionWords {
  const out = sessions.filter(({ mayBeOut }) => mayBeOut)
  const lasting = leases.filter(({ tokenEndsAt }) => tokenEndsAt !== undefined)
  const endable = leases.filter((lease) => !lasting.includes(lease))
  return {
    title: toEndAllTitle(countActive({ leases, sessions })),
    text: [
      ...toHolders(leases),
      ...toRevoked(countTokens(endable), 'token'),
      ...toLasting(countTokens(lasting), 'token'),
      ...toRevoked(out.filter(({ revocable }) => revocable).length, 'session token', MAY_BE_OUT),
      ...toLasting(out.filter(({ revocable }) => !revocable).length, 'session token', MAY_BE_OUT),
      ...toConsequences(accounts, leases, sessions),
    ],
    deed: 'End all',
  }
}

const MAY_BE_OUT = ' that a tool may have'

/** Whose they are, and that some are one and the same. */
function toHolders(leases: readonly LeaseView[]): string[] {
  if (leases.length === 0) return []
  const holders = new Set(leases.map(({ client }) => holder(client)))
  const tools = holders.size - (holders.has('you') ? 1 : 0)
  const who = [
    ...(tools > 0 ? [plural(tools, 'tool')] : []),
    ...(holders.has('you') ? ['you'] : []),
  ]
  const tokens = countTokens(leases)
  const some =
    tokens < leases.length ? `, on ${plural(tokens, 'token')} because some share one` : ''
  return [`Held by ${who.join(' and ')}${some}.`]
}

const toRevoked = (count: number, thing: string, which = ''): string[] =>
  count === 0
    ? []
    : [`${plural(count, thing)}${which} will be revoked where the service allows it.`]

function toLasting(count: number, thing: string, which = ''): string[] {
  if (count === 0) return []
  const rest = count === 1 ? 'stays valid until it expires' : 'stay valid until they expire'
  return [`${plural(count, thing)}${which} cannot be revoked and ${rest}.`]
}

function toEndAllTitle(count: number): string {
  return count === 1 ? 'End the active token?' : `End all ${count} active tokens?`
}
