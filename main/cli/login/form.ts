import { homedir } from 'node:os'
import path from 'node:path'
import { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { applies, faultOf, fieldValue, isMissing, isSecret } from '../../base/forms/form-fields.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import { explained } from './field-errors.ts'

/** Behind the label of a field that may be left empty. */
export const OPTIONAL = ' (optional, Enter for none)'

/** Secrets have one way in; whoever tries another is told which, and the value is not repeated. */
export function secretAsArgument(): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    'Secrets are not taken as arguments, where every program of this machine can read them.',
    { hint: 'Type it at the prompt, or send it on standard input, one line per secret.' },
  )
}

/**
 * What `--set` gave, with paths made absolute. Throws `invalid_request` if it names what is not on
 * the form, a secret, what cannot be a value of its field, or what another choice of it rules out.
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
 * The values of a form that nobody is asked for: what `--set` gave, else the default; an empty one was
 * left out. Throws `invalid_request` if `--set` does not fit the form, or something is missing.
 */
export function presetValues(fields: readonly FieldAnswer[], settings: Values): Values {
  const answers = placeValues(fields, checkSettings(fields, settings))
  checkComplete(fields, answers)
  return answers
}

/** The same of checked settings, complete or not. */
export function placeValues(fields: readonly FieldAnswer[], given: Values): Values {
  const answers: Record<string, string> = {}
  for (const field of openFields(fields)) {
    const value = given[field.name]
    if (applies(field, fields, answers)) answers[field.name] = fieldValue(field, value ?? '')
    else if (value !== undefined) throw misplaced(field, fields)
  }
  return answers
}

/** What is sent of these values: those that apply with each other, without what was left out. */
export function sentValues(fields: readonly FieldAnswer[], values: Values): Values {
  const open = openFields(fields).filter((field) => applies(field, fields, values))
  return withoutEmpty(Object.fromEntries(open.map(({ name }) => [name, values[name] ?? ''])))
}

/** What was filled in, without what was left out. */
export function withoutEmpty(answers: Values): Values {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== ''))
}

/** The fields of a form that may be seen. */
export const openFields = (fields: readonly FieldAnswer[]): readonly FieldAnswer[] =>
  fields.filter((field) => !isSecret(field))

/** An answer as it is sent: files are read by the running Tokentray, whose working directory is another one. */
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
    { hint: `Give it with ${missing.map(({ name }) => `--set ${name}=VALUE`).join(' ')}.` },
  )
}

function notAField(name: string, fields: readonly FieldAnswer[]): TokentrayError {
  const known = openFields(fields).map((field) => field.name)
  return new TokentrayError('invalid_request', `There is no field "${name}" to set.`, {
    hint: `The fields are ${known.join(', ')}.`,
  })
}

/**
 * The path from the root. A `~` that stands for the home directory is taken for it, because no shell
 * has seen what is typed at a prompt, or behind the sign in `--set name=` and `--curl-config=`.
 */
export function toAbsolutePath(text: string): string {
  return path.resolve(text.replace(/^~(?=\/|$)/, () => homedir()))
}

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
