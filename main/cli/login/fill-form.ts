import { applies, isSecret } from '../../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { askValue, type Judge, judging } from './ask-value.ts'
import { checkSettings, misplaced, openFields, placeValues } from './form.ts'
import type { Retry } from './interactive-login.ts'
import { askSecret } from './secrets.ts'

/** What to ask for. */
export interface Asked {
  /** Also ask for optional fields and those with a default. */
  readonly all: boolean
  /** An account whose secret is used if only Enter is pressed. */
  readonly credentialSource?: string | undefined
  readonly judge: Judge
}

/** A completed form; an empty value was left out. */
export interface FilledForm {
  readonly values: Values
  readonly secrets: Secrets
  /** The names of the fields given with `--set` or by the user. */
  readonly given: readonly string[]
  /** True if the user chose the secret of the credential source. */
  readonly isCopied: boolean
}

/** True for a required field without a default, which is always asked for. */
export const isNeeded = ({ required, default: preset }: FieldAnswer) =>
  required && preset === undefined

/**
 * The values known before the first question: those of `--set` and, unless all fields are asked for, the defaults.
 * Throws `invalid_request` if `--set` does not fit the form.
 */
export function knownValues(
  fields: readonly FieldAnswer[],
  settings: Values,
  asksAll: boolean,
): Values {
  const given = checkSettings(fields, settings)
  // If no choice is asked for, it is known which fields apply.
  return asksAll ? given : placeValues(fields, given)
}

/**
 * Asks for the fields of a form in order, secrets included: after a name users type the password, out of habit, so
 * the next question must not show it.
 */
export async function fillForm(
  fields: readonly FieldAnswer[],
  settings: Values,
  context: Context,
  asked: Asked,
): Promise<FilledForm> {
  const preset = checkSettings(fields, settings)
  const known = knownValues(fields, settings, asked.all)
  const values: Record<string, string> = {}
  const secrets: Record<string, Secret> = {}
  const given: string[] = []
  let isCopied = false
  for (const field of fields) {
    const { name, kind } = field
    const value = preset[name]
    if (kind === 'code') continue
    if (!applies(field, fields, values)) {
      if (value !== undefined) throw misplaced(field, fields)
    } else if (isSecret(field)) {
      const secret = await askSecret(field, context, copied(asked))
      if (secret.reveal() !== '') secrets[name] = secret
      else isCopied ||= asked.credentialSource !== undefined
    } else if (value !== undefined || asked.all || isNeeded(field)) {
      const judge = judging(field, fields, { ...known, ...values }, asked.judge)
      values[name] = value ?? (await askValue(field, context, { judge }))
      given.push(name)
    } else {
      values[name] = field.default ?? ''
    }
  }
  return { values, secrets, given, isCopied }
}

const copied = ({ credentialSource: source }: Asked) =>
  source === undefined ? {} : { empty: `Enter to use that of ${source}` }

/**
 * Asks again for one field, whose answer was or may have been wrong, then for fields that apply only now. Fields
 * that no longer apply are left out.
 */
export async function askAgain(
  fields: readonly FieldAnswer[],
  answers: Values,
  wrong: FieldAnswer,
  { secrets, isRefused }: Retry,
  context: Context,
  judge: Judge,
): Promise<Values> {
  const corrected: Record<string, string> = {}
  for (const field of openFields(fields)) {
    const { name, default: preset, kind } = field
    if (!applies(field, fields, corrected)) continue
    const answer = answers[name] ?? ''
    if (field === wrong || (answer === '' && isNeeded(field))) {
      const isKept = (kind === 'text' || kind === 'url') && !isTyped(answer, secrets)
      corrected[name] = await askValue(field, context, {
        previous: (isKept ? answer : '') || preset,
        isRefused: isRefused && field === wrong,
        judge: judging(field, fields, { ...answers, ...corrected }, judge),
      })
    } else {
      corrected[name] = answer || preset || ''
    }
  }
  return corrected
}

/** True if the answer is, or as a path ends with, a secret: users type secrets into the wrong field. */
function isTyped(answer: string, secrets: Secrets): boolean {
  return Object.values(secrets).some((secret) => {
    const text = secret.reveal().trim()
    return text !== '' && (answer === text || answer.endsWith(`/${text}`))
  })
}
