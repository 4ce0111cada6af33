import { holderName } from '../../../base/text/token-holder.ts'
import type { AccountAnswer, ListedTokenAnswer } from '../../../loopback/schemas/wire.ts'
import { when } from '../../terminal/print.ts'

/** The head of a list of tokens. */
export const TOKEN_HEAD = ['CREATED', 'ENDS', 'FRAMEWORK', 'WHOSE', 'ID'] as const

/** A token of the list, in the order of the head. */
export function toTokenRow(token: ListedTokenAnswer, now: number): string[] {
  const { id, framework = '-', created_at, expires_at } = token
  const ends = expires_at === undefined ? 'never' : when(expires_at, now)
  return [when(created_at, now), ends, framework, whose(token), id]
}

/** The same in one line for the person who is to decide on it. */
export function describeToken(token: ListedTokenAnswer, now: number): string {
  const { id, framework } = token
  const [created, ends] = toTokenRow(token, now)
  const kind = framework === undefined ? '' : `, ${framework}`
  return `${id}${kind}: created ${created}, ends ${ends}; ${whose(token)}`
}

/** What a person must know before the token ends; empty where nothing follows. */
export function warningOf(
  { ours, use }: ListedTokenAnswer,
  { needs_code: needsCode }: Pick<AccountAnswer, 'needs_code'>,
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

/** The list's words for who uses a token. */
export function whose({ ours, use, clients = [] }: ListedTokenAnswer): string {
  if (ours === 'maybe') return "perhaps Tokentray's"
  if (ours === 'no') return 'another program'
  const uses = [...(use === 'session' ? ['session'] : []), ...new Set(clients.map(holderName))]
  return ['Tokentray', uses.join(', ')].filter(Boolean).join(': ')
}
