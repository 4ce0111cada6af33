import type { AccountAnswer, Operation } from '../loopback/wire.ts'
import { duration, when, words } from './print.ts'

/** All that is known of an account, in lines. */
export function toFacts(account: AccountAnswer, now: number): string[] {
  const { id, label, provider, state, needs_code, leases, session_ends_at, caution } = account
  const length = duration(account.lease_seconds * 1000)
  return [
    `account:   ${id}`,
    `who:       ${label}`,
    `provider:  ${provider}`,
    `state:     ${words(state)}${needs_code ? ', code needed' : ''}`,
    `leases:    ${leases} open; ${account.lease_kind}, ${length}`,
    `kinds:     ${account.lease_kinds.join(', ')}`,
    ...(session_ends_at === undefined ? [] : [`session:   ends ${when(session_ends_at, now)}`]),
    ...(caution === undefined ? [] : [`caution:   ${caution}`]),
  ]
}

/** The command lines that make sense for the account, and what each does. */
export function toCommands(account: AccountAnswer): (readonly [string, string])[] {
  const { id, state, operations, lease_kinds, lease_kind } = account
  const manage: Readonly<Record<Operation, readonly [string, string]>> = {
    list_tokens: [`tokens ${id}`, 'list the tokens that the service has'],
    revoke_token: [`tokens revoke ${id} ID`, 'end one of these'],
    revoke_all: [`tokens revoke-all ${id}`, `end ${account.revoke_all_hits ?? 'all of them'}`],
    rotate: [`rotate ${id}`, 'put new tokens in the place of those that are out'],
    portal: [`portal ${id}`, 'open its pages in the browser'],
  }
  const lines: (readonly [string, string])[] = [
    ...(state === 'signed_in' ? [] : [[`login ${id}`, 'log in again'] as const]),
    [`token ${id}`, 'print an access token'],
    [`header ${id}`, 'print the headers that carry one'],
    ...operations.map((operation) => manage[operation]),
    ...lease_kinds
      .filter((kind) => kind !== lease_kind)
      .map((kind) => [`accounts set ${id} --lease-kind ${kind}`, LEASES[kind]] as const),
    ...(state === 'signed_out' ? [] : [[`logout ${id}`, 'forget the credential'] as const]),
  ]
  return lines.map(([line, meaning]) => [`tokentray ${line}`, meaning])
}

const LEASES = {
  shared: 'have leases share the token of the session',
  dedicated: 'give each lease a token of its own',
} as const
