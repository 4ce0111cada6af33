import type { LeaseView, Snapshot } from '../../preload/snapshot.ts'
import { namesOf } from './accounts.ts'
import { countActive, countTokens } from './active.ts'
import { holder, tokenOf } from './names.ts'
import { toConsequences } from './revocation.ts'
import { plural, when } from './times.ts'

/** A question before an action that cannot be undone; the window and the tray ask the same one. */
export interface QuestionWords {
  readonly title: string
  readonly text: readonly string[]
  /** The label of the button that does it. */
  readonly action: string
}

/** Asked before an account is logged out. */
export function toLogOutQuestion(account: string): QuestionWords {
  return {
    title: `Log out of ${account}?`,
    text: [
      'Active tokens are revoked where the service allows it, and the saved password is deleted.',
      'The account stays in the list. You will need the password or API key to log in again.',
    ],
    action: 'Log out',
  }
}

/** Asked before one token is revoked. */
export function toRevokeQuestion(
  lease: LeaseView,
  { accounts, leases }: Pick<Snapshot, 'accounts' | 'leases'>,
  now: number,
): QuestionWords {
  const { client, account, tokenEndsAt } = lease
  const of = accounts.filter(({ id }) => id === account)
  return {
    title: `Revoke ${tokenOf(client, namesOf(of)(account))}?`,
    text: isShared(lease, leases)
      ? ['Others share this token: it stays valid until the last one is done with it.']
      : [
          tokenEndsAt === undefined
            ? 'It stops working as soon as the service has revoked it.'
            : `The service cannot revoke it: it stays valid until it expires ${when(tokenEndsAt, now)}.`,
          ...toConsequences(of, [lease], []),
        ],
    action: 'Revoke',
  }
}

/** Shared leases of an account all use its session token. */
const isShared = ({ id, token }: LeaseView, leases: readonly LeaseView[]) =>
  leases.some((other) => other.id !== id && other.token === token)

/** Asked before all active tokens are revoked. */
export function toRevokeAllQuestion({
  accounts,
  leases,
  sessions,
}: Pick<Snapshot, 'accounts' | 'leases' | 'sessions'>): QuestionWords {
  const out = sessions.filter(({ mayBeOut }) => mayBeOut)
  const lasting = leases.filter(({ tokenEndsAt }) => tokenEndsAt !== undefined)
  const endable = leases.filter((lease) => !lasting.includes(lease))
  return {
    title: toRevokeAllTitle(countActive({ leases, sessions })),
    text: [
      ...toHolders(leases),
      ...toRevoked(countTokens(endable), 'token'),
      ...toLasting(countTokens(lasting), 'token'),
      ...toRevoked(out.filter(({ revocable }) => revocable).length, 'session token', MAY_BE_OUT),
      ...toLasting(out.filter(({ revocable }) => !revocable).length, 'session token', MAY_BE_OUT),
      ...toConsequences(accounts, leases, sessions),
    ],
    action: 'Revoke all',
  }
}

const MAY_BE_OUT = ' that a tool may have'

/** Asked before the active tokens of one holder are revoked, by its name in the list. */
export function toRevokeHeldQuestion(
  name: string,
  { accounts, leases }: Pick<Snapshot, 'accounts' | 'leases'>,
): QuestionWords {
  const held = leases.filter(({ client }) => holder(client) === name)
  return {
    title: `Revoke ${name === 'you' ? 'your active tokens' : `the active tokens of ${name}`}?`,
    text: [
      'They are revoked where the service allows it. A token that others share stays valid for them.',
      ...toConsequences(accounts, held, []),
    ],
    action: 'Revoke',
  }
}

/** Who holds the tokens, and how many there are if some holders share one. */
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
    tokens < leases.length ? ` Some share a token: ${plural(tokens, 'token')} in all.` : ''
  return [`Held by ${who.join(' and ')}.${some}`]
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

function toRevokeAllTitle(count: number): string {
  return count === 1 ? 'Revoke the active token?' : `Revoke all ${count} active tokens?`
}
