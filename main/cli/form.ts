import { TokentrayError } from '../base/errors.ts'
import type { FieldAnswer } from '../loopback/wire.ts'
import type { Context } from './context.ts'
import { toAbsolutePath } from './paths.ts'

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
 * the form, a secret, or a choice that is none.
 */
export function checkSettings(fields: readonly FieldAnswer[], settings: Values): Values {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const field = fields.find((candidate) => candidate.name === name)
      if (!field) throw notAField(name, fields)
      if (isSecret(field)) throw secretAsArgument()
      if (!isChoice(field, value)) throw notAChoice(field)
      return [name, toValue(field, value)]
    }),
  )
}

/**
 * Fills in the fields that are not secret: what `--set` gave, else what the person types, else the
 * default. Throws `invalid_request` before the first question if `--set` does not fit the form, or if
 * something is missing and there is nobody to ask.
 */
export async function fillValues(
  fields: readonly FieldAnswer[],
  settings: Values,
  context: Context,
): Promise<Values> {
  const given = checkSettings(fields, settings)
  if (!context.prompt.interactive) checkComplete(fields, given)
  const values: Record<string, string> = {}
  for (const field of fields.filter((candidate) => !isSecret(candidate))) {
    const value = given[field.name] ?? (await askValue(field, context))
    if (value !== '') values[field.name] = value
  }
  return values
}

/** Asks for one field until the answer is possible; `previous` is what Enter alone gives. */
export async function askValue(
  field: FieldAnswer,
  { prompt, screen }: Context,
  previous = field.default,
): Promise<string> {
  if (!prompt.interactive) return field.default ?? ''
  if (field.help) screen.note(field.help)
  const choices = field.choices ? ` (${field.choices.map(({ value }) => value).join(', ')})` : ''
  const preset = previous === undefined ? '' : ` [${previous}]`
  const optional = field.required || preset !== '' ? '' : OPTIONAL
  for (;;) {
    const question = `${field.label}${choices}${preset}${optional}: `
    const value = (await prompt.visible(question)) || previous
    if (value !== undefined && !isChoice(field, value)) {
      screen.note(notAChoice(field).message)
    } else if (value !== undefined || !field.required) {
      return toValue(field, value ?? '')
    } else {
      screen.note('This one is needed.')
    }
  }
}

/** Files are read by the running Tokentray, whose working directory is another one. */
function toValue({ kind }: FieldAnswer, value: string): string {
  return kind === 'file' && value !== '' ? toAbsolutePath(value) : value
}

function checkComplete(fields: readonly FieldAnswer[], settings: Values): void {
  const missing = fields.filter(
    (field) =>
      field.required &&
      !isSecret(field) &&
      settings[field.name] === undefined &&
      field.default === undefined,
  )
  if (missing.length === 0) return
  throw new TokentrayError(
    'invalid_request',
    `Missing: ${missing.map(({ name, label }) => `${name} (${label})`).join(', ')}.`,
    { hint: `Give it with ${missing.map(({ name }) => `--set ${name}=VALUE`).join(' ')}.` },
  )
}

function isChoice({ choices }: FieldAnswer, value: string): boolean {
  return choices === undefined || choices.some((choice) => choice.value === value)
}

function notAField(name: string, fields: readonly FieldAnswer[]): TokentrayError {
  const known = fields.filter((field) => !isSecret(field)).map((field) => field.name)
  return new TokentrayError('invalid_request', `There is no field "${name}" to set.`, {
    hint: `The fields are ${known.join(', ')}.`,
  })
}

function notAChoice({ name, choices = [] }: FieldAnswer): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `"${name}" is one of ${choices.map(({ value }) => value).join(', ')}.`,
  )
}
