import { applies, isSecret } from '../../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { askValue, type Judge, judging } from './ask-value.ts'
import { checkSettings, misplaced, openFields, placeValues } from './form.ts'
import type { Retry } from './interactive-login.ts'
import { askSecret } from './secrets.ts'

/** What a person is asked for. */
export interface Asked {
  /** Also what is optional or has a default. */
  readonly all: boolean
  /** An account whose secret Enter alone takes. */
  readonly lender?: string | undefined
  readonly judge: Judge
}

/** A form as it was filled in; an empty value was left out. */
export interface FilledForm {
  readonly values: Values
  readonly secrets: Secrets
  /** The names of the fields that `--set` or the person gave. */
  readonly given: readonly string[]
  /** True where the person took the secret of the lender. */
  readonly isLent: boolean
}

/** True for what is asked for without being wished for: it must be filled in and has no default. */
export const isNeeded = ({ required, default: preset }: FieldAnswer) =>
  required && preset === undefined

/**
 * What is known of a form before the first question: what `--set` gave and, unless all is asked for, the
 * defaults. Throws `invalid_request` if `--set` does not fit the form.
 */
export function knownValues(
  fields: readonly FieldAnswer[],
  settings: Values,
  asksAll: boolean,
): Values {
  const given = checkSettings(fields, settings)
  // Where no choice is asked for it is known what applies.
  return asksAll ? given : placeValues(fields, given)
}

/**
 * Asks for the fields of a form in its order, secrets included: who has typed a name types the password
 * next, out of habit, and must find a question there that shows nothing.
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
  let isLent = false
  for (const field of fields) {
    const { name, kind } = field
    const value = preset[name]
    if (kind === 'code') continue
    if (!applies(field, fields, values)) {
      if (value !== undefined) throw misplaced(field, fields)
    } else if (isSecret(field)) {
      const secret = await askSecret(field, context, lent(asked))
      if (secret.reveal() !== '') secrets[name] = secret
      else isLent ||= asked.lender !== undefined
    } else if (value !== undefined || asked.all || isNeeded(field)) {
      const judge = judging(field, fields, { ...known, ...values }, asked.judge)
      values[name] = value ?? (await askValue(field, context, { judge }))
      given.push(name)
    } else {
      values[name] = field.default ?? ''
    }
  }
  return { values, secrets, given, isLent }
}

const lent = ({ lender }: Asked) =>
  lender === undefined ? {} : { empty: `Enter for that of ${lender}` }

/**
 * Asks for one field again, whose answer was wrong or may have been; then for what is needed only now.
 * What applies no longer is left out.
 */
export async function askAgain(
  fields: readonly FieldAnswer[],
  answers: Values,
  wrong: FieldAnswer,
  { secrets, isRefused }: Retry,
  context: Context,
  judge: Judge,
): Promise<Values> {
  const mended: Record<string, string> = {}
  for (const field of openFields(fields)) {
    const { name, default: preset, kind } = field
    if (!applies(field, fields, mended)) continue
    const answer = answers[name] ?? ''
    if (field === wrong || (answer === '' && isNeeded(field))) {
      const isKept = (kind === 'text' || kind === 'url') && !isTyped(answer, secrets)
      mended[name] = await askValue(field, context, {
        previous: (isKept ? answer : '') || preset,
        isRefused: isRefused && field === wrong,
        judge: judging(field, fields, { ...answers, ...mended }, judge),
      })
    } else {
      mended[name] = answer || preset || ''
    }
  }
  return mended
}

/** People type a secret into the wrong field; the path of a file is made from what was typed. */
function isTyped(answer: string, secrets: Secrets): boolean {
  return Object.values(secrets).some((secret) => {
    const text = secret.reveal().trim()
    return text !== '' && (answer === text || answer.endsWith(`/${text}`))
  })
}
