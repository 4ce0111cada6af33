import type { LeaseView, Snapshot } from '../../preload/contract.ts'
import { toConsequences } from './endings.ts'
import { tokenOf } from './names.ts'
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
const isShared = ({ id, account, kind }: LeaseView, leases: readonly LeaseView[]) =>
  kind === 'shared' &&
  leases.some((other) => other.id !== id && other.account === account && other.kind === 'shared')

/** Before everything that tools have is revoked. */
export function toEndAllQuestion({
  accounts,
  leases,
  sessions,
}: Pick<Snapshot, 'accounts' | 'leases' | 'sessions'>): QuestionWords {
  const out = sessions.filter(({ mayBeOut }) => mayBeOut).length
  return {
    title: toEndAllTitle(leases.length),
    text: [
      ...(leases.length === 0
        ? []
        : [
            `${plural(leases.length, 'token')} of ${plural(new Set(leases.map(({ client }) => client)).size, 'tool')} will be revoked where the service allows it.`,
          ]),
      ...(out === 0
        ? []
        : [
            `${plural(out, 'session token')} that a tool may have will be revoked where the service allows it.`,
          ]),
      ...toConsequences(accounts, leases, sessions),
    ],
    deed: 'End all',
  }
}

function toEndAllTitle(count: number): string {
  if (count === 0) return 'End the sessions that tools may have?'
  return count === 1 ? 'End the lease?' : `End all ${count} leases?`
}
