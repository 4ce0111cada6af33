import { tooLong } from '../../base/answer-length.ts'
import { reworded, TokentrayError } from '../../base/errors.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import { toAbsolutePath } from './paths.ts'
import { applies, checkApplying, misplaced } from './visible-fields.ts'

/** The fields of a form that are not secret, by their names. */
export type Values = Readonly<Record<string, string>>

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

/** True for what is never an argument, never shown and never stored in clear. */
export const isSecret = ({ kind }: FieldAnswer) => kind === 'secret' || kind === 'code'

/**
 * What `--set` gave, with paths made absolute. Throws `invalid_request` if it names what is not on
 * the form, a secret, what is too long, a choice that is none, or what another choice of it rules out.
 */
export function checkSettings(fields: readonly FieldAnswer[], settings: Values): Values {
  const given = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const field = fields.find((candidate) => candidate.name === name)
      if (!field) throw notAField(name, fields)
      if (isSecret(field)) throw secretAsArgument()
      const fault = faultOf(field, value)
      if (fault) {
        throw reworded(fault, { hint: `Give it with --set ${name}=VALUE.` })
      }
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
    if (applies(field, answers)) answers[field.name] = value ?? field.default ?? ''
    else if (value !== undefined) throw misplaced(field, fields)
  }
  return answers
}

/** What is sent of these values: those that apply with each other, without what was left out. */
export function sentValues(fields: readonly FieldAnswer[], values: Values): Values {
  const sent: Record<string, string> = {}
  for (const field of openFields(fields)) {
    if (applies(field, sent)) sent[field.name] = values[field.name] ?? ''
  }
  return withoutEmpty(sent)
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
  const missing = fields.filter(({ name, required }) => required && answers[name] === '')
  if (missing.length === 0) return
  throw new TokentrayError(
    'invalid_request',
    `Missing: ${missing.map(({ name, label }) => `${name} (${label})`).join(', ')}.`,
    { hint: `Give it with ${missing.map(({ name }) => `--set ${name}=VALUE`).join(' ')}.` },
  )
}

/**
 * What is wrong with an answer by the field alone, `invalid_request`; `null` where the rest is for the
 * running Tokentray to judge.
 */
export function faultOf(field: FieldAnswer, value: string): TokentrayError | null {
  const { label, choices } = field
  if (choices === undefined) return tooLong(field, value)
  if (choices.some((choice) => choice.value === value)) return null
  const allowed = choices.map((choice) => choice.value).join(', ')
  return new TokentrayError('invalid_request', `"${label}" must be one of ${allowed}.`, {
    field: field.name,
  })
}

function notAField(name: string, fields: readonly FieldAnswer[]): TokentrayError {
  const known = openFields(fields).map((field) => field.name)
  return new TokentrayError('invalid_request', `There is no field "${name}" to set.`, {
    hint: `The fields are ${known.join(', ')}.`,
  })
}
