import { TokentrayError } from '../base/errors.ts'
import { Secret, type Secrets } from '../base/secret.ts'
import type { FieldAnswer } from '../loopback/wire.ts'
import type { Context } from './context.ts'

/** A filled-in login form. */
export interface FilledForm {
  readonly values: Readonly<Record<string, string>>
  readonly secrets: Secrets
}

type Settings = Readonly<Record<string, string>>

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
 * Fills in a login form: what `--set` gave, else what the person types, else the default. One-time
 * codes are left for later. Throws `invalid_request` before the first question if `--set` names what
 * is not on the form, or if something is missing and there is nobody to ask.
 */
export async function fillForm(
  fields: readonly FieldAnswer[],
  settings: Settings,
  context: Context,
): Promise<FilledForm> {
  checkSettings(fields, settings)
  if (!context.prompt.interactive) checkComplete(fields, settings)
  const values: Record<string, string> = {}
  const secrets: Record<string, Secret> = {}
  for (const field of fields.filter(({ kind }) => kind !== 'code')) {
    if (isSecret(field)) {
      const secret = await askSecret(field, context)
      if (secret.reveal() !== '') secrets[field.name] = secret
    } else {
      const value = settings[field.name] ?? (await askValue(field, context))
      if (value !== '') values[field.name] = value
    }
  }
  return { values, secrets }
}

/** The secrets of a form alone, for an account whose other values are stored. */
export async function fillSecrets(
  fields: readonly FieldAnswer[],
  context: Context,
): Promise<Secrets> {
  const { secrets } = await fillForm(
    fields.filter(({ kind }) => kind === 'secret'),
    {},
    context,
  )
  return secrets
}

function checkSettings(fields: readonly FieldAnswer[], settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    const field = fields.find((candidate) => candidate.name === name)
    if (!field) {
      const known = fields.filter((candidate) => !isSecret(candidate)).map((known) => known.name)
      throw new TokentrayError('invalid_request', `There is no field "${name}" to set.`, {
        hint: `The fields are ${known.join(', ')}.`,
      })
    }
    if (isSecret(field)) throw secretAsArgument()
    if (!isChoice(field, value)) throw notAChoice(field)
  }
}

function checkComplete(fields: readonly FieldAnswer[], settings: Settings): void {
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

async function askSecret(field: FieldAnswer, { prompt, screen }: Context): Promise<Secret> {
  if (!prompt.interactive) {
    const line = await prompt.nextLine()
    if (field.required && !line?.reveal()) {
      throw new TokentrayError('invalid_request', `Missing on standard input: ${field.label}.`, {
        hint: 'Standard input holds one line per secret, in the order of the form.',
      })
    }
    return line ?? new Secret('')
  }
  if (field.help) screen.note(field.help)
  for (;;) {
    const secret = await prompt.hidden(`${field.label}: `)
    if (secret.reveal() !== '' || !field.required) return secret
    screen.note('This one is needed.')
  }
}

async function askValue(field: FieldAnswer, { prompt, screen }: Context): Promise<string> {
  if (!prompt.interactive) return field.default ?? ''
  if (field.help) screen.note(field.help)
  const choices = field.choices ? ` (${field.choices.map(({ value }) => value).join(', ')})` : ''
  const preset = field.default === undefined ? '' : ` [${field.default}]`
  for (;;) {
    const value = (await prompt.visible(`${field.label}${choices}${preset}: `)) || field.default
    if (value !== undefined && !isChoice(field, value)) {
      screen.note(notAChoice(field).message)
    } else if (value !== undefined || !field.required) {
      return value ?? ''
    } else {
      screen.note('This one is needed.')
    }
  }
}

function isChoice({ choices }: FieldAnswer, value: string): boolean {
  return choices === undefined || choices.some((choice) => choice.value === value)
}

function notAChoice({ name, choices = [] }: FieldAnswer): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `"${name}" is one of ${choices.map(({ value }) => value).join(', ')}.`,
  )
}
