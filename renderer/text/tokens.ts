import type { ListedTokenView } from '../../preload/contract.ts'
import type { AccountView } from '../../preload/snapshot.ts'
import { holder } from './names.ts'
import { when } from './times.ts'

/** Whose a token is: `Tokentray: session, backup`. */
export function whose({ ours, use, clients = [] }: ListedTokenView): string {
  if (ours === 'maybe') return "Perhaps Tokentray's"
  if (ours === 'no') return 'Another program'
  const uses = [...(use === 'session' ? ['session'] : []), ...new Set(clients.map(holder))]
  return ['Tokentray', uses.join(', ')].filter(Boolean).join(': ')
}

/** What a person must know before a token ends; empty where nothing follows but for its holders. */
export function warningOf(
  { ours, use }: ListedTokenView,
  { needsCode }: Pick<AccountView, 'needsCode'>,
): string {
  if (use === 'session') {
    return needsCode
      ? 'It is that of the session: you must log in again, with a one-time code.'
      : 'It is that of the session: Tokentray logs in again when a token is next needed.'
  }
  return {
    yes: '',
    maybe: 'It may not be one of Tokentray: then another program uses it, and stops working.',
    no: 'Tokentray did not make it: another program uses it, and stops working.',
  }[ours]
}

/** When it was made and when it ends, in one line. */
export function lifeOf({ createdAt, expiresAt }: ListedTokenView, now: number): string {
  const ends = expiresAt === undefined ? 'never ends' : endOf(expiresAt, now)
  return `Made ${when(createdAt, now)}, ${ends}`
}

const endOf = (at: number, now: number) => `${at >= now ? 'ends' : 'ended'} ${when(at, now)}`
