import { fieldError } from '../../base/forms/field-error.ts'
import { faultOf, isMissing } from '../../base/forms/form-fields.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import type { Prompt } from '../terminal/prompt.ts'
import { OPTIONAL } from './form.ts'

/** The secret fields, which are asked for at every login. */
export const secretFields = (fields: readonly FieldAnswer[]): readonly FieldAnswer[] =>
  fields.filter(({ kind }) => kind === 'secret')

/** The field of the one-time code, if the form has one. */
export const codeField = (fields: readonly FieldAnswer[]): FieldAnswer | undefined =>
  fields.find(({ kind }) => kind === 'code')

/** Asks for the secrets of a form, without showing them; empty optional ones are left out. */
export async function askSecrets(
  fields: readonly FieldAnswer[],
  context: Context,
): Promise<Secrets> {
  const secrets: Record<string, Secret> = {}
  for (const field of secretFields(fields)) {
    const secret = await askSecret(field, context)
    if (secret.reveal() !== '') secrets[field.name] = secret
  }
  return secrets
}

/**
 * Asks for one secret or a one-time code, without showing it. It may be empty only if it is optional, or if `empty`
 * is given, which is shown after the label and says what that means.
 */
export async function askSecret(
  field: FieldAnswer,
  { prompt, screen }: Context,
  { empty }: { readonly empty?: string } = {},
): Promise<Secret> {
  if (field.help) screen.note(field.help)
  const mayBeEmpty = !field.required || empty !== undefined
  const mark = empty === undefined ? OPTIONAL : ` (${empty})`
  for (;;) {
    const secret = await prompt.hidden(`${field.label}${mayBeEmpty ? mark : ''}: `)
    const fault = faultOf(field, secret.reveal())
    if (!fault && (secret.reveal() !== '' || mayBeEmpty)) return secret
    screen.note(fault?.message ?? 'Required.')
  }
}

/**
 * Reads the secrets of a form from the next lines of standard input; an empty line is no secret. Throws
 * `invalid_request` if a required one is missing, or one is too long.
 */
export async function readSecrets(
  fields: readonly FieldAnswer[],
  prompt: Prompt,
): Promise<Secrets> {
  const lines: Secret[] = []
  for (const field of secretFields(fields)) {
    const line = await prompt.nextLine()
    if (isMissing(field, line?.reveal() ?? '')) {
      throw fieldError(field, {
        message: `Missing on standard input: ${field.label}.`,
        hint: 'Send one line per secret on standard input, in the order of the form.',
      })
    }
    const fault = faultOf(field, line?.reveal() ?? '')
    if (fault) throw fieldError(field, fault)
    lines.push(line ?? new Secret(''))
  }
  return toSecrets(fields, lines)
}

/** The lines as the secrets of a form, in order; empty ones are left out. */
export function toSecrets(fields: readonly FieldAnswer[], lines: readonly Secret[]): Secrets {
  return Object.fromEntries(
    secretFields(fields).flatMap(({ name }, index) => {
      const line = lines[index]
      return line && line.reveal() !== '' ? [[name, line]] : []
    }),
  )
}
