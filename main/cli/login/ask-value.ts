import type { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { faultOf } from '../../base/forms/form-fields.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { explained, fieldOf, tell, withoutPaths } from './field-errors.ts'
import { OPTIONAL, sentValues, toValue } from './form.ts'

/**
 * What is wrong with these values, of which there may be more to come; `null` if nothing is. Rejects
 * with what is not the form's fault.
 */
export type Judge = (values: Values) => Promise<TokentrayError | null>

interface Asking {
  /** What Enter alone gives. */
  readonly previous?: string | undefined
  /** Says behind the label what leaving it empty means, where that is otherwise no answer. */
  readonly empty?: string
  /** The answer that there was has been refused. */
  readonly isRefused?: boolean
  /** What is wrong with an answer, by all the rules that the form has. */
  judge(value: string): Promise<TokentrayError | null>
}

/**
 * Asks for one field until the answer is possible. Each is judged at once, while the person looks at it,
 * and after one that is refused nothing is shown until they press Enter alone: who has typed a name into
 * the wrong field types the password next, out of habit.
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
      screen.note('This one is needed.')
    } else {
      const fault = faultOf(field, value)
      const refusal = fault ? fieldError(field, fault) : await judge(value)
      if (refusal === null) return value
      // The path of a file is made from what was typed, which is not repeated.
      tell(withoutPaths(refusal, [field], { [field.name]: value }), context)
    }
    await untilLooked(field, context)
  }
}

/** Judges an answer to one field together with what the others have. */
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
    // A field further up was accepted before this answer, so that another one here may mend it.
    const upToHere = fields.slice(0, fields.indexOf(field) + 1)
    const isOfAnother = refusal.field !== undefined && !fieldOf(refusal, upToHere)
    // Another answer here would not mend that.
    if (refusal.code !== 'invalid_request' || isOfAnother)
      throw explained(withoutPaths(refusal, fields, sent), fields)
    return refusal
  }
}

/** Security: what is typed meanwhile may be a secret, so it is neither shown nor taken for an answer. */
async function untilLooked({ label }: FieldAnswer, { prompt, screen }: Context): Promise<void> {
  const question = `Press Enter to answer "${label}" again (until then nothing that you type is shown or used): `
  while ((await prompt.hidden(question)).reveal() !== '') screen.note('That was thrown away.')
}
