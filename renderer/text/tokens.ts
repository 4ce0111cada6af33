import type { ListedTokenView } from '../../preload/contract.ts'
import type { AccountView } from '../../preload/snapshot.ts'
import { holder } from './names.ts'
import { when } from './times.ts'

/** Who made a token and who uses it: `Tokentray: session, backup`. */
export function whose({ ours, use, clients = [] }: ListedTokenView): string {
  if (ours === 'maybe') return 'Possibly Tokentray'
  if (ours === 'no') return 'Another program'
  const uses = [...(use === 'session' ? ['session'] : []), ...new Set(clients.map(holder))]
  return ['Tokentray', uses.join(', ')].filter(Boolean).join(': ')
}

/** What the user must know before revoking a token; empty if only its holders are affected. */
export function warningOf(
  { ours, use }: ListedTokenView,
  { needsCode }: Pick<AccountView, 'needsCode'>,
): string {
  if (use === 'session') {
    return needsCode
      ? 'This is the session token: you will have to log in again with a one-time code.'
      : 'This is the session token: Tokentray logs in again when a tool next needs a token.'
  }
  return {
    yes: '',
    maybe: 'This token may belong to another program, which would stop working.',
    no: 'This token belongs to another program, which will stop working.',
  }[ours]
}

/** When it was created and when it expires, in one line. */
export function lifeOf({ createdAt, expiresAt }: ListedTokenView, now: number): string {
  const ends = expiresAt === undefined ? 'never expires' : endOf(expiresAt, now)
  return `Created ${when(createdAt, now)}, ${ends}`
}

const endOf = (at: number, now: number) => `${at >= now ? 'expires' : 'expired'} ${when(at, now)}`
