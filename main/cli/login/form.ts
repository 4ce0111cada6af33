import { homedir } from 'node:os'
import path from 'node:path'
import { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { applies, faultOf, fieldValue, isMissing, isSecret } from '../../base/forms/form-fields.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import { explained } from './field-errors.ts'

/** Shown after the label of an optional field. */
export const OPTIONAL = ' (optional, Enter to skip)'

/** The error for a secret among the arguments; it does not repeat the value. */
export function secretAsArgument(): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    'Secrets cannot be passed as arguments, where other programs can read them.',
    { hint: 'Enter them when asked, or send them on standard input, one line per secret.' },
  )
}

/**
 * The values of `--set`, with absolute paths. Throws `invalid_request` for a field that is not on the form, a
 * secret, an invalid value, or a field that another given value rules out.
 */
export function checkSettings(fields: readonly FieldAnswer[], settings: Values): Values {
  const given = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const field = fields.find((candidate) => candidate.name === name)
      if (!field) throw notAField(name, fields)
      if (isSecret(field)) throw secretAsArgument()
      const fault = faultOf(field, value)
      if (fault) throw explained(fieldError(field, fault), fields)
      return [name, toValue(field, value)]
    }),
  )
  checkApplying(fields, given)
  return given
}

/**
 * The values of a form without asking: those of `--set`, else the defaults; empty if left out. Throws
 * `invalid_request` if `--set` does not fit the form, or a required value is missing.
 */
export function presetValues(fields: readonly FieldAnswer[], settings: Values): Values {
  const answers = placeValues(fields, checkSettings(fields, settings))
  checkComplete(fields, answers)
  return answers
}

/** The same for checked settings, without requiring all values. */
export function placeValues(fields: readonly FieldAnswer[], given: Values): Values {
  const answers: Record<string, string> = {}
  for (const field of openFields(fields)) {
    const value = given[field.name]
    if (applies(field, fields, answers)) answers[field.name] = fieldValue(field, value ?? '')
    else if (value !== undefined) throw misplaced(field, fields)
  }
  return answers
}

/** The values to send: those that apply together, without empty ones. */
export function sentValues(fields: readonly FieldAnswer[], values: Values): Values {
  const open = openFields(fields).filter((field) => applies(field, fields, values))
  return withoutEmpty(Object.fromEntries(open.map(({ name }) => [name, values[name] ?? ''])))
}

/** The values without empty ones. */
export function withoutEmpty(answers: Values): Values {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== ''))
}

/** The fields of a form that are not secret. */
export const openFields = (fields: readonly FieldAnswer[]): readonly FieldAnswer[] =>
  fields.filter((field) => !isSecret(field))

/** An answer as it is sent: with an absolute path, because the running Tokentray has another working directory. */
export function toValue({ kind }: FieldAnswer, value: string): string {
  return kind === 'file' && value !== '' ? toAbsolutePath(value) : value
}

function checkComplete(fields: readonly FieldAnswer[], answers: Values): void {
  const isOpen = (field: FieldAnswer) => answers[field.name] !== undefined
  const missing = fields.filter(
    (field) => isOpen(field) && isMissing(field, answers[field.name] ?? ''),
  )
  if (missing.length === 0) return
  throw new TokentrayError(
    'invalid_request',
    `Missing: ${missing.map(({ name, label }) => `${name} (${label})`).join(', ')}.`,
    { hint: `Set it with ${missing.map(({ name }) => `--set ${name}=VALUE`).join(' ')}.` },
  )
}

function notAField(name: string, fields: readonly FieldAnswer[]): TokentrayError {
  const known = openFields(fields).map((field) => field.name)
  return new TokentrayError('invalid_request', `Unknown field "${name}".`, {
    hint: `Available fields: ${known.join(', ')}.`,
  })
}

/**
 * The absolute path. A leading `~` is the home directory: no shell expands it at a prompt, or in `--set name=~/x`
 * and `--curl-config=~/x`.
 */
export function toAbsolutePath(text: string): string {
  return path.resolve(text.replace(/^~(?=\/|$)/, () => homedir()))
}

/**
 * The fields that apply to a new login of an account with these values changed. If the changes do not decide it, the
 * stored values do, of which only the names of the secrets are known here.
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
 * Throws `invalid_request`, naming the choice, for a given value whose field another given value rules out. What the
 * given values do not decide is left to the endpoint.
 */
export function checkApplying(fields: readonly FieldAnswer[], given: Values): void {
  const wrong = fields.find(
    (field) => given[field.name] !== undefined && applies(field, fields, given) === false,
  )
  if (wrong) throw misplaced(wrong, fields)
}

/** The error for a value of a field that does not apply. */
export function misplaced(field: FieldAnswer, fields: readonly FieldAnswer[]): TokentrayError {
  const [nearest = '', ...others] = conditionsOf(field, fields)
  const settings = [nearest, ...others].map((condition) => `--set ${condition}`).reverse()
  return new TokentrayError('invalid_request', `"${field.name}" applies only with ${nearest}.`, {
    hint: `Add ${settings.join(' ')}, or leave "${field.name}" out.`,
  })
}

/** The choices that the field depends on, the nearest first: `method=password`. */
function conditionsOf(field: FieldAnswer, fields: readonly FieldAnswer[]): readonly string[] {
  if (!field.when) return []
  const choice = choiceOf(field, fields)
  const condition = `${field.when.field}=${field.when.is}`
  return [condition, ...(choice ? conditionsOf(choice, fields) : [])]
}

const choiceOf = ({ when }: FieldAnswer, fields: readonly FieldAnswer[]) =>
  fields.find(({ name }) => name === when?.field)

/** True if these values include the choice that the field depends on. */
const isDecided = ({ when }: FieldAnswer, values: Values) =>
  when === undefined || values[when.field] !== undefined
