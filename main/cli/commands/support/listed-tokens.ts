import { holderName } from '../../../base/text/token-holder.ts'
import type { AccountAnswer, ListedTokenAnswer } from '../../../loopback/schemas/wire.ts'
import { when } from '../../terminal/print.ts'

/** The head of a table of tokens. */
export const TOKEN_HEAD = ['CREATED', 'EXPIRES', 'FRAMEWORK', 'USED BY', 'ID'] as const

/** A row of that table. */
export function toTokenRow(token: ListedTokenAnswer, now: number): string[] {
  const { id, framework = '-', created_at, expires_at } = token
  const ends = expires_at === undefined ? 'never' : when(expires_at, now)
  return [when(created_at, now), ends, framework, whose(token), id]
}

/** The token in one line, for the question whether to revoke it. */
export function describeToken(token: ListedTokenAnswer, now: number): string {
  const { id, framework } = token
  const [created, ends] = toTokenRow(token, now)
  const kind = framework === undefined ? '' : `, ${framework}`
  return `${id}${kind}: created ${created}, expires ${ends}; used by ${whose(token)}`
}

/** What the user must know before the token is revoked; empty if it has no further effect. */
export function warningOf(
  { ours, use }: ListedTokenAnswer,
  { needs_code: needsCode }: Pick<AccountAnswer, 'needs_code'>,
): string {
  if (use === 'session') {
    return needsCode
      ? 'This is the session token: you will need to log in again, with a one-time code.'
      : 'This is the session token: Tokentray logs in again when a token is next needed.'
  }
  return {
    yes: '',
    maybe: 'This token may belong to another program, which would stop working.',
    no: 'This token belongs to another program, which will stop working.',
  }[ours]
}

/** Who uses a token, as the table shows it. */
export function whose({ ours, use, clients = [] }: ListedTokenAnswer): string {
  if (ours === 'maybe') return 'Tokentray or another program'
  if (ours === 'no') return 'another program'
  const uses = [...(use === 'session' ? ['session'] : []), ...new Set(clients.map(holderName))]
  return ['Tokentray', uses.join(', ')].filter(Boolean).join(': ')
}
