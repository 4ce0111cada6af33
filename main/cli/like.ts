import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../loopback/wire.ts'
import type { Api } from './api.ts'
import { isDecided } from './applying.ts'
import type { Context } from './context.ts'
import { askValue, checkSettings, openFields, type Values } from './form.ts'
import { isSamePlace } from './lender.ts'

/**
 * The account of this provider whose key the person wants to use for another one; `undefined` if they
 * want to enter one, or there is none that fits what `--set` gave, or nobody to ask.
 */
export async function chooseLike(
  { id, fields }: ProvidersAnswer['providers'][number],
  settings: Values,
  api: Api,
  context: Context,
): Promise<AccountAnswer | undefined> {
  if (!context.prompt.interactive) return undefined
  const given = checkSettings(fields, settings)
  const { accounts } = await api.accounts()
  const lenders = accounts.filter(
    ({ provider, state, values }) =>
      provider === id && state === 'signed_in' && isSamePlace(fields, values, given),
  )
  const [only, ...others] = lenders
  if (!only) return undefined
  return others.length === 0 ? confirmLike(only, context) : pickLike(lenders, context)
}

async function confirmLike(only: AccountAnswer, { prompt, screen }: Context) {
  const { id } = only
  for (;;) {
    const question = `Use the key of ${id}? (Enter: yes, n: enter another) `
    const answer = (await prompt.visible(question)).toLowerCase()
    if (['', 'y', 'yes', id].includes(answer)) return only
    if (['n', 'no'].includes(answer)) return undefined
    screen.note('Press Enter, or type "n".')
  }
}

async function pickLike(lenders: readonly AccountAnswer[], { prompt, screen }: Context) {
  lenders.forEach(({ id, label }, index) => {
    screen.note(`${index + 1}  ${id} (${label})`)
  })
  for (;;) {
    const question = 'Use the key of which account? (number or name, n: enter another) '
    const answer = (await prompt.visible(question)).toLowerCase()
    const chosen =
      lenders.find(({ id }) => id === answer) ??
      lenders[Number(answer) - 1] ??
      lenders.find(({ id }) => id.endsWith(`/${answer}`))
    if (chosen) return chosen
    if (['n', 'no'].includes(answer)) return undefined
    screen.note(`Type a number from 1 to ${lenders.length}, a name, or "n".`)
  }
}

/**
 * What makes another account than the one it is like: what `--set` gave, and what the person types
 * for the other fields that have to be filled in and have no default. The rest is that account's.
 */
export async function fillLike(
  like: string,
  fields: readonly FieldAnswer[],
  settings: Values,
  context: Context,
): Promise<Values> {
  const answers: Record<string, string> = { ...checkSettings(fields, settings) }
  if (!context.prompt.interactive) return answers
  for (const field of openFields(fields)) {
    const isGiven = answers[field.name] !== undefined
    const isOwn = field.required && field.default === undefined && isDecided(field, answers)
    if (isGiven || !isOwn) continue
    const answer = await askValue(field, context, { empty: ` (Enter for that of ${like})` })
    if (answer !== '') answers[field.name] = answer
  }
  return answers
}
