import { TokentrayError } from '../../base/errors.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import { findAccount } from '../find/find.ts'
import { openFields, type Values } from './form.ts'

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
