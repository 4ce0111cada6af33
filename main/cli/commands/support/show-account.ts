import { type Operation, operationRows } from '../../../base/operations.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../../loopback/schemas/wire.ts'
import { openFields } from '../../login/form.ts'
import { duration, fact, sharingOf, stateOf, unrevoked, when } from '../../terminal/print.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/** The facts about an account, one line each. */
export function toFacts(account: AccountAnswer, now: number): string[] {
  const { id, label, provider, leases, session_ends_at, caution, silent_host } = account
  const { login_required_reason, lease_kind, lease_kinds, last_used_at } = account
  const { display_name, color, pinned, addresses = [] } = account
  const others = unrevoked(account)
  const choices = lease_kinds.filter((kind) => kind !== lease_kind).map(sharingOf)
  const choice = choices.length > 0 ? ` (can be ${choices.join(', ')})` : ''
  return [
    fact('account', id),
    ...(display_name === undefined ? [] : [fact('display name', display_name)]),
    fact('label', label),
    fact('provider', provider),
    ...addresses.map((address) => fact('answers for', address)),
    ...(color ? [fact('color', color)] : []),
    ...(pinned ? [fact('pinned', 'yes')] : []),
    fact('state', stateOf(account)),
    ...(login_required_reason === undefined ? [] : [fact('reason', toReason(account))]),
    fact('active tokens', String(leases)),
    ...(others.length === 0 ? [] : [fact('other tokens', others.join(', '))]),
    fact('sharing', `${sharingOf(lease_kind)}${choice}`),
    fact('lifetime', duration(account.lease_seconds * 1000)),
    ...(session_ends_at === undefined
      ? []
      : [fact('session', `ends ${when(session_ends_at, now)}`)]),
    ...(last_used_at === undefined ? [] : [fact('last used', when(last_used_at, now))]),
    ...(silent_host === undefined ? [] : [fact('paused', silent_host.message)]),
    ...(caution === undefined ? [] : [fact('note', caution)]),
  ]
}

/** Why the account needs a new login, and what helps; empty if that is not known. */
export function toReason({ login_required_reason: reason }: AccountAnswer): string {
  return reason === undefined ? '' : [reason.description, reason.hint ?? ''].join(' ').trim()
}

/** The head of the table of form values. */
export const FORM_HEAD = ['FIELD', 'VALUE', 'NAME'] as const

/** The values of the account's form, secrets excluded; the name is the one for `--set`. */
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
  // The value comes first, because --set takes that.
  const saysMore = label !== undefined && label.toLowerCase() !== value.toLowerCase()
  return saysMore ? `${value} (${label})` : value
}

/** The commands that the account supports now, and what each does. */
export function toCommands(
  account: AccountAnswer,
  provider: ProviderAnswer | undefined,
): (readonly [string, string])[] {
  const { id, state, operations, lease_kinds, lease_kind } = account
  const manage = (name: Operation) => {
    const { command, arguments: more, does } = operationRows[name]
    const line = [command, id, more].filter(Boolean).join(' ')
    return [line, does(account.revoke_all_hits ?? 'all of them')] as const
  }
  const login = [`login ${id}`, 'Log in again'] as const
  const remove = [`accounts remove ${id}`, 'Log out and remove the account'] as const
  if (state === 'signed_out') return toLines([login, remove])
  return toLines([
    ...(state === 'signed_in' ? [] : [login]),
    [`token ${id}`, 'Print an access token'],
    [`header ${id}`, 'Print the headers that carry an access token'],
    ...operations.map(manage),
    ...lease_kinds
      .filter((kind) => kind !== lease_kind)
      .map((kind) => [`accounts set ${id} --sharing ${sharingOf(kind)}`, SHARING[kind]] as const),
    ...(provider?.shares_credential && state === 'signed_in' ? [copyOf(id, provider)] : []),
    [
      `logout ${id}`,
      'Revoke its tokens where the service allows it, and delete the saved password',
    ],
    remove,
  ])
}

const toLines = (lines: readonly (readonly [string, string])[]) =>
  lines.map(([line, meaning]) => [`tokentray ${line}`, meaning] as const)

/** Another account with the same key differs in the required fields without a default. */
function copyOf(account: string, { id, fields }: ProviderAnswer): readonly [string, string] {
  const settings = openFields(fields)
    .filter((field) => field.required && field.default === undefined)
    .map(({ name }) => ` --set ${name}=VALUE`)
  return [
    `login ${id} --copy-from ${account}${settings.join('')}`,
    'Add another account with the same key',
  ]
}

const SHARING = {
  shared: 'Let tools share one token',
  dedicated: 'Give each tool its own token',
} as const
