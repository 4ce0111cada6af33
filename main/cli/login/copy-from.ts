import { TokentrayError } from '../../base/errors.ts'
import { applies } from '../../base/forms/form-fields.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount } from '../find.ts'
import { askValue } from './ask-value.ts'
import { type Asked, isNeeded } from './fill-form.ts'
import { checkSettings, openFields } from './form.ts'

/**
 * The account whose key a new account of this provider can use; `undefined` if none fits the values of `--set`.
 * If there are several it is the first, and the others are named in a note.
 */
export async function offerCredentialSource(
  { id, fields, shares_credential: isShared }: ProvidersAnswer['providers'][number],
  settings: Values,
  api: Api,
  { screen }: Context,
): Promise<AccountAnswer | undefined> {
  if (!isShared) return undefined
  const given = checkSettings(fields, settings)
  const { accounts } = await api.accounts()
  const [first, ...others] = accounts.filter(
    ({ provider, state, values }) =>
      provider === id && state === 'signed_in' && isSamePlace(fields, values, given),
  )
  if (others.length > 0) {
    const ids = others.map((each) => each.id).join(', ')
    screen.note(
      `Enter uses the key of ${first?.id} below. To use that of another account, start again with --copy-from and one of: ${ids}.`,
    )
  }
  return first
}

/**
 * The values in which the new account differs from its source: those of `--set`, and answers for the other
 * required fields without a default, or with `all` for every field. Enter alone copies the source's value.
 */
export async function fillCopy(
  { id, values }: AccountAnswer,
  fields: readonly FieldAnswer[],
  given: Values,
  context: Context,
  { all, judge }: Pick<Asked, 'all' | 'judge'>,
): Promise<Values> {
  const answers: Record<string, string> = { ...given }
  if (!context.prompt.interactive) return answers
  for (const field of openFields(fields)) {
    const isGiven = answers[field.name] !== undefined
    const isAsked = all
      ? applies(field, fields, { ...values, ...answers })
      : isNeeded(field) && applies(field, fields, answers)
    if (isGiven || !isAsked) continue
    const answer = await askValue(field, context, {
      ...(isNeeded(field)
        ? { empty: ` (Enter to use that of ${id})` }
        : { previous: values[field.name] || field.default }),
      judge: (value) => judge({ ...answers, [field.name]: value }),
    })
    if (answer !== '') answers[field.name] = answer
  }
  return answers
}

/**
 * The account to copy the key from; throws `not_supported` if accounts of this provider do not share keys, and
 * `invalid_request` for an account of another provider.
 */
export async function findCredentialSource(
  copyFrom: string,
  { id, shares_credential: isShared }: ProvidersAnswer['providers'][number],
  api: Api,
): Promise<AccountAnswer> {
  if (!isShared) throw await notShared(api)
  const account = await findAccount(copyFrom, api)
  if (account.provider === id) return account
  throw new TokentrayError(
    'invalid_request',
    `${copyFrom} is an account of ${account.provider}, not of ${id}.`,
    { hint: `Name an account of ${id}, or leave --copy-from out.` },
  )
}

async function notShared(api: Api): Promise<TokentrayError> {
  const { providers } = await api.providers()
  const titles = providers.filter((each) => each.shares_credential).map(({ title }) => title)
  const some = titles.length > 0 ? `only for ${titles.join(' and ')}` : 'for no service here'
  return new TokentrayError('not_supported', `--copy-from works ${some}.`, {
    hint: 'Leave --copy-from out and enter the secrets.',
  })
}

/** True unless a given value leads to another server, where the account's key is not valid. */
export function isSamePlace(
  fields: readonly FieldAnswer[],
  stored: Values,
  given: Values,
): boolean {
  return openFields(fields)
    .filter(({ kind, name }) => kind !== 'text' && given[name] !== undefined)
    .every((field) => storedValue(field, given) === storedValue(field, stored))
}

/** Throws `already_exists` if an account already has all the values that the copy would have. */
export async function requireAnother(
  { provider, values: copied }: AccountAnswer,
  values: Values,
  fields: readonly FieldAnswer[],
  api: Api,
): Promise<void> {
  const wanted = { ...copied, ...values }
  const { accounts } = await api.accounts()
  const twin = accounts.find(
    (account) =>
      account.provider === provider &&
      openFields(fields).every(
        (field) => storedValue(field, wanted) === storedValue(field, account.values),
      ),
  )
  if (!twin) return
  throw new TokentrayError('already_exists', `${twin.id} already has these values.`, {
    hint: `Change one with --set, or add a second account with --name. To log in to that one again: tokentray login ${twin.id}`,
  })
}

/** The value as it would be stored; the default if there is none. */
function storedValue(field: FieldAnswer, values: Values): string {
  const value = values[field.name] || field.default || ''
  const url = field.kind === 'url' ? parseUrl(value) : null
  return url ? url.href.replace(/\/$/, '') : value
}
