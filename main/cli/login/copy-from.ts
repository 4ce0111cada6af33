import { TokentrayError } from '../../base/errors.ts'
import { applies } from '../../base/forms/form-fields.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount } from '../find.ts'
import { askValue } from './ask-value.ts'
import { type Asked, isNeeded } from './fill-form.ts'
import { checkSettings, openFields } from './form.ts'

/**
 * The account of this provider whose key may stand behind another one, too; `undefined` where there is
 * none that fits what `--set` gave. Of several it is the first, and the person is told of the others.
 */
export async function offerLender(
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
      `Below, Enter takes the key of ${first?.id}; for that of another account start again with --like and one of: ${ids}.`,
    )
  }
  return first
}

/**
 * What makes another account than the one it is like: what `--set` gave, and what the person types
 * for the other fields that have to be filled in and have no default, or with `asksAll` for all of them. The
 * rest is that account's, and Enter alone takes it.
 */
export async function fillLike(
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
        ? { empty: ` (Enter for that of ${id})` }
        : { previous: values[field.name] || field.default }),
      judge: (value) => judge({ ...answers, [field.name]: value }),
    })
    if (answer !== '') answers[field.name] = answer
  }
  return answers
}

/**
 * The account that is to lend its key; `not_supported` where accounts of the provider do not, and
 * `invalid_request` for an account of another one.
 */
export async function findLender(
  like: string,
  { id, shares_credential: isShared }: ProvidersAnswer['providers'][number],
  api: Api,
): Promise<AccountAnswer> {
  if (!isShared) throw await notLent(api)
  const account = await findAccount(like, api)
  if (account.provider === id) return account
  throw new TokentrayError(
    'invalid_request',
    `The services differ: ${like} is an account of ${account.provider}, not of ${id}.`,
    { hint: `Name an account of ${id}, or leave --like out.` },
  )
}

async function notLent(api: Api): Promise<TokentrayError> {
  const { providers } = await api.providers()
  const titles = providers.filter((each) => each.shares_credential).map(({ title }) => title)
  const some = titles.length > 0 ? `a service such as ${titles.join(' or ')}` : 'no service here'
  return new TokentrayError('not_supported', `Only accounts of ${some} lend their key.`, {
    hint: 'Leave --like out, and enter the secrets.',
  })
}

/** True unless something given leads to another place, where the key of the account is not known. */
export function isSamePlace(
  fields: readonly FieldAnswer[],
  stored: Values,
  given: Values,
): boolean {
  return openFields(fields)
    .filter(({ kind, name }) => kind !== 'text' && given[name] !== undefined)
    .every((field) => storedValue(field, given) === storedValue(field, stored))
}

/** Throws `already_exists` if an account has all the values that one like this would have. */
export async function requireAnother(
  { provider, values: lent }: AccountAnswer,
  values: Values,
  fields: readonly FieldAnswer[],
  api: Api,
): Promise<void> {
  const wanted = { ...lent, ...values }
  const { accounts } = await api.accounts()
  const twin = accounts.find(
    (account) =>
      account.provider === provider &&
      openFields(fields).every(
        (field) => storedValue(field, wanted) === storedValue(field, account.values),
      ),
  )
  if (!twin) return
  throw new TokentrayError('already_exists', `There is already ${twin.id} with these values.`, {
    hint: `Change one with --set, or have it twice with --name; to log it in again: tokentray login ${twin.id}`,
  })
}

/** The value as it would be stored, where nothing is the default. */
function storedValue(field: FieldAnswer, values: Values): string {
  const value = values[field.name] || field.default || ''
  if (field.kind !== 'url' || !URL.canParse(value)) return value
  return new URL(value).href.replace(/\/$/, '')
}
