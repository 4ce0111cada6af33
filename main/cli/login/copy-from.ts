import { applies } from '../../base/forms/form-fields.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { askValue } from './ask-value.ts'
import { isSamePlace } from './credential-source.ts'
import { type Asked, isNeeded } from './fill-form.ts'
import { checkSettings, openFields, type Values } from './form.ts'

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
