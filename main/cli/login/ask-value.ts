import type { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { faultOf } from '../../base/forms/form-fields.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { explained, fieldOf, tell, withoutPaths } from './field-errors.ts'
import { OPTIONAL, sentValues, toValue } from './form.ts'

/**
 * What is wrong with these values, which may be incomplete; `null` if nothing is. Rejects with errors that are not
 * about the form.
 */
export type Judge = (values: Values) => Promise<TokentrayError | null>

interface Asking {
  /** The value if only Enter is pressed. */
  readonly previous?: string | undefined
  /** Shown after the label: what an empty answer means, if that is not an answer otherwise. */
  readonly empty?: string
  /** The previous answer was refused. */
  readonly isRefused?: boolean
  /** What is wrong with an answer, by all rules of the form. */
  judge(value: string): Promise<TokentrayError | null>
}

/**
 * Asks for one field until the answer is valid. Answers are checked at once, and after an invalid one nothing is
 * shown until Enter alone is pressed: a user who typed a name into the wrong field types the password next, out
 * of habit.
 */
export async function askValue(
  field: FieldAnswer,
  context: Context,
  { previous = field.default, empty, isRefused = false, judge }: Asking,
): Promise<string> {
  const { prompt, screen } = context
  if (isRefused) await untilLooked(field, context)
  if (field.help) screen.note(field.help)
  const choices = field.choices ? ` (${field.choices.map(({ value }) => value).join(', ')})` : ''
  const preset = previous === undefined ? '' : ` [${previous}]`
  const mayBeEmpty = !field.required || empty !== undefined
  const mark = mayBeEmpty && preset === '' ? (empty ?? OPTIONAL) : ''
  for (;;) {
    const typed = await prompt.visible(`${field.label}${choices}${preset}${mark}: `)
    const value = toValue(field, typed || previous || '')
    if (value === '') {
      if (mayBeEmpty) return value
      screen.note('Required.')
    } else {
      const fault = faultOf(field, value)
      const refusal = fault ? fieldError(field, fault) : await judge(value)
      if (refusal === null) return value
      // The path of a file contains what was typed, which may be a secret.
      tell(withoutPaths(refusal, [field], { [field.name]: value }), context)
    }
    await untilLooked(field, context)
  }
}

/** Checks an answer to one field together with the values of the others. */
export function judging(
  field: FieldAnswer,
  fields: readonly FieldAnswer[],
  values: Values,
  judge: Judge,
): Asking['judge'] {
  return async (value) => {
    const sent = sentValues(fields, { ...values, [field.name]: value })
    const refusal = await judge(sent)
    if (!refusal) return null
    // The fields above were accepted before this answer, so another answer may fix the error.
    const upToHere = fields.slice(0, fields.indexOf(field) + 1)
    const isOfAnother = refusal.field !== undefined && !fieldOf(refusal, upToHere)
    // Another answer would not fix this.
    if (refusal.code !== 'invalid_request' || isOfAnother)
      throw explained(withoutPaths(refusal, fields, sent), fields)
    return refusal
  }
}

/** Security: what is typed before Enter may be a secret, so it is neither shown nor used. */
async function untilLooked({ label }: FieldAnswer, { prompt, screen }: Context): Promise<void> {
  const question = `Press Enter to answer "${label}" again (anything else you type is neither shown nor used): `
  while ((await prompt.hidden(question)).reveal() !== '') screen.note('Input discarded.')
}
