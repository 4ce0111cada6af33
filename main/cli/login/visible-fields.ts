import { TokentrayError } from '../../base/errors.ts'
import { applies } from '../../base/forms/form-fields.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from './form.ts'

/**
 * The fields that a login asks for which changes these values of an account. Where they do not
 * decide it, what is stored does: of that only the names of the secrets are known.
 */
export function applyingAgain(
  fields: readonly FieldAnswer[],
  changed: Values,
  storedSecrets: readonly string[],
): readonly FieldAnswer[] {
  return fields.filter(
    (field) =>
      applies(field, fields, changed) !== false &&
      (field.kind !== 'secret' || isDecided(field, changed) || storedSecrets.includes(field.name)),
  )
}

/**
 * Throws `invalid_request`, naming the choice, for a value that was given although another given one
 * rules its field out; what they do not decide is left to whoever knows the rest.
 */
export function checkApplying(fields: readonly FieldAnswer[], given: Values): void {
  const wrong = fields.find(
    (field) => given[field.name] !== undefined && applies(field, fields, given) === false,
  )
  if (wrong) throw misplaced(wrong, fields)
}

/** The `invalid_request` for a value of a field that does not apply. */
export function misplaced(field: FieldAnswer, fields: readonly FieldAnswer[]): TokentrayError {
  const [nearest = '', ...others] = conditionsOf(field, fields)
  const settings = [nearest, ...others].map((condition) => `--set ${condition}`).reverse()
  return new TokentrayError('invalid_request', `"${field.name}" goes with ${nearest} only.`, {
    hint: `Give ${settings.join(' ')} as well, or leave "${field.name}" out.`,
  })
}

/** What must be chosen for the field to apply, the nearest first: `way=password`. */
function conditionsOf(field: FieldAnswer, fields: readonly FieldAnswer[]): readonly string[] {
  if (!field.when) return []
  const choice = choiceOf(field, fields)
  const condition = `${field.when.field}=${field.when.is}`
  return [condition, ...(choice ? conditionsOf(choice, fields) : [])]
}

const choiceOf = ({ when }: FieldAnswer, fields: readonly FieldAnswer[]) =>
  fields.find(({ name }) => name === when?.field)

/** True where the choice that the field depends on is among these values. */
const isDecided = ({ when }: FieldAnswer, values: Values) =>
  when === undefined || values[when.field] !== undefined
