import type {
  AccountAnswer,
  FieldAnswer,
  Operation,
  ProvidersAnswer,
} from '../../../loopback/schemas/wire.ts'
import { openFields } from '../../login/form.ts'
import { count, duration, stateOf, when } from '../../terminal/print.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/** All that is known of an account, in lines. */
export function toFacts(account: AccountAnswer, now: number): string[] {
  const { id, label, provider, leases, session_ends_at, caution, silent_host } = account
  const { login_required_reason } = account
  const length = duration(account.lease_seconds * 1000)
  return [
    `account:   ${id}`,
    `who:       ${label}`,
    `provider:  ${provider}`,
    `state:     ${stateOf(account)}`,
    ...(login_required_reason === undefined ? [] : [`reason:    ${toReason(account)}`]),
    `leases:    ${leases} open; ${account.lease_kind}, ${length}`,
    ...livesOn(account),
    `kinds:     ${account.lease_kinds.join(', ')}`,
    ...(session_ends_at === undefined ? [] : [`session:   ends ${when(session_ends_at, now)}`]),
    ...(silent_host === undefined ? [] : [`no calls:  ${silent_host.message}`]),
    ...(caution === undefined ? [] : [`caution:   ${caution}`]),
  ]
}

/** What of the account lives on at its service though nobody holds it. */
function livesOn({ pending = 0, until_expiry = 0, expired = 0 }: AccountAnswer): string[] {
  const some = [
    ...(pending > 0 ? [`${count(pending, 'token')} waiting to be revoked`] : []),
    ...(until_expiry > 0 ? [`${count(until_expiry, 'token')} valid until expiry`] : []),
    ...(expired > 0 ? [`${count(expired, 'expired token')} waiting to be deleted`] : []),
  ]
  return some.length === 0 ? [] : [`lives on:  ${some.join(', ')}`]
}

/** Why the account has to be logged in again, and what helps; empty where that is not known. */
export function toReason({ login_required_reason: reason }: AccountAnswer): string {
  return reason === undefined ? '' : [reason.description, reason.hint ?? ''].join(' ').trim()
}

/** The head of the list of what was entered. */
export const FORM_HEAD = ['FIELD', 'VALUE', 'NAME'] as const

/** What was entered in the form of the account, but for secrets; the name is that for `--set`. */
export function toForm(
  { values }: AccountAnswer,
  provider: ProviderAnswer | undefined,
): (readonly [string, string, string])[] {
  const fields = openFields(provider?.fields ?? [])
  const known = fields.filter(({ name }) => values[name] !== undefined)
  const others = Object.keys(values).filter((name) => !fields.some((field) => field.name === name))
  return [
    ...known.map(
      (field) => [field.label, toValue(field, values[field.name] ?? ''), field.name] as const,
    ),
    ...others.map((name) => ['-', values[name] ?? '', name] as const),
  ]
}

function toValue({ choices = [] }: FieldAnswer, value: string): string {
  const label = choices.find((choice) => choice.value === value)?.label
  // The value is what --set takes.
  const saysMore = label !== undefined && label.toLowerCase() !== value.toLowerCase()
  return saysMore ? `${value} (${label})` : value
}

/** The command lines that make sense for the account, and what each does. */
export function toCommands(
  account: AccountAnswer,
  provider: ProviderAnswer | undefined,
): (readonly [string, string])[] {
  const { id, state, operations, lease_kinds, lease_kind } = account
  const manage: Readonly<Record<Operation, readonly [string, string]>> = {
    list_tokens: [`tokens ${id}`, 'list the tokens that the service has'],
    revoke_token: [`tokens revoke ${id} ID`, 'end one of these'],
    revoke_all: [`tokens revoke-all ${id}`, `end ${account.revoke_all_hits ?? 'all of them'}`],
    rotate: [`rotate ${id}`, 'put new tokens in the place of those that are out'],
    portal: [`portal ${id}`, 'open its pages in the browser'],
  }
  const login = [`login ${id}`, 'log in again'] as const
  const remove = [`accounts remove ${id}`, 'log it out and forget it'] as const
  if (state === 'signed_out') return toLines([login, remove])
  return toLines([
    ...(state === 'signed_in' ? [] : [login]),
    [`token ${id}`, 'print an access token'],
    [`header ${id}`, 'print the headers that carry one'],
    ...operations.map((operation) => manage[operation]),
    ...lease_kinds
      .filter((kind) => kind !== lease_kind)
      .map((kind) => [`accounts set ${id} --lease-kind ${kind}`, LEASES[kind]] as const),
    ...(provider?.shares_credential && state === 'signed_in' ? [likeOf(id, provider)] : []),
    [`logout ${id}`, 'revoke its tokens where the service allows it, and forget the credential'],
    remove,
  ])
}

const toLines = (lines: readonly (readonly [string, string])[]) =>
  lines.map(([line, meaning]) => [`tokentray ${line}`, meaning] as const)

/** Another account differs in what has to be filled in, and has no default. */
function likeOf(like: string, { id, fields }: ProviderAnswer): readonly [string, string] {
  const settings = openFields(fields)
    .filter((field) => field.required && field.default === undefined)
    .map(({ name }) => ` --set ${name}=VALUE`)
  return [`login ${id} --like ${like}${settings.join('')}`, 'log in to another one with its key']
}

const LEASES = {
  shared: 'have leases share the token of the session',
  dedicated: 'give each lease a token of its own',
} as const
