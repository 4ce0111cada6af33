import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import type { AccountAnswer, FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Entered, LoginOutcome, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { addressOf, explained, fieldOf, saysMore, tell, withoutPaths } from './field-errors.ts'
import { askSecret, askSecrets, codeField, secretFields } from './secrets.ts'

/** Sends what was entered to the service. */
export type Attempt = (values: Values, entered: Entered) => Promise<LoginOutcome>

/** A form whose fields are filled in, except secrets, and how to ask for them again. */
export interface OpenForm {
  readonly values: Values
  /** Secrets that were entered with the values. */
  readonly secrets?: Secrets
  /** The one-time code, if it is all that is needed because the secrets are stored. */
  readonly codeAlone?: FieldAnswer
  /** The fields that apply with these values. */
  asked(values: Values): readonly FieldAnswer[]
  /** True for a field by which the service identifies the user, who may have mistyped it. */
  isIdentity(field: FieldAnswer): boolean
  /** What is wrong with the values, before secrets are read from standard input; `null` if nothing is. */
  check?(values: Values): Promise<TokentrayError | null>
  /** Asks for one field again; returns all values with the new one, `null` if it cannot be asked for. */
  correct(field: FieldAnswer, values: Values, retry: Retry): Promise<Values | null>
}

/** How a field is asked for again, with its last answer as the default. */
export interface Retry {
  /** Never offered as a default. */
  readonly secrets: Secrets
  /** The last answer was refused; false if the user asked to change it. */
  readonly isRefused: boolean
}

/** As many as `ssh` and `sudo` allow. After more, services lock accounts or block addresses. */
const MOST_TRIES = 3

/** What the next attempt sends. */
interface Filled {
  readonly values: Values
  readonly entered: Entered
}

/**
 * Asks for the secrets and logs in; asks again for what is refused, and keeps the rest. Rejects with the last
 * refusal, with errors that another answer cannot fix, and with `cancelled` on Ctrl-C.
 */
export async function interactiveLogin(
  form: OpenForm,
  context: Context,
  attempt: Attempt,
): Promise<AccountAnswer> {
  let filled = await begin(form, context)
  for (let tries = 1; ; tries += 1) {
    const fields = form.asked(filled.values)
    const result = await outcomeOf(filled, attempt)
    if (!isTokentrayError(result)) return result
    const refusal = withoutPaths(result, fields, filled.values)
    const next = tries < MOST_TRIES ? await retry(filled, refusal, form, context) : null
    if (!next) throw explained(refusal, fields)
    filled = next
  }
}

/** What the first attempt sends. */
async function begin(form: OpenForm, context: Context): Promise<Filled> {
  const { values, secrets, codeAlone } = form
  if (secrets) return { values, entered: { secrets } }
  if (!codeAlone) return askAll(values, form, context)
  const oneTimeCode = await askSecret(codeAlone, context, {
    empty: 'Enter to type the password too',
  })
  if (oneTimeCode.reveal() !== '') return { values, entered: { secrets: {}, oneTimeCode } }
  const { entered } = await askAll(values, form, context)
  return { values, entered: { ...entered, oneTimeCode: await askSecret(codeAlone, context) } }
}

/** The account, or the error of the attempt. */
async function outcomeOf({ values, entered }: Filled, attempt: Attempt) {
  try {
    const outcome = await attempt(values, entered)
    return outcome.kind === 'done' ? outcome.account : outcome.refusal
  } catch (error) {
    if (isTokentrayError(error)) return error
    throw error
  }
}

/** Asks again for what was refused; `null` if another answer would not help. */
async function retry(
  filled: Filled,
  refusal: TokentrayError,
  form: OpenForm,
  context: Context,
): Promise<Filled | null> {
  const fields = form.asked(filled.values)
  switch (refusal.code) {
    case 'invalid_request': {
      const field = fieldOf(refusal, fields)
      if (!field) return null
      tell(refusal, context)
      return correct(filled, field, form, context)
    }
    case 'otp_required':
    case 'wrong_credentials': {
      if (secretFields(fields).length === 0) return null
      tell(refusal, context)
      const code = codeField(fields)
      if (code) return askWithCode(filled, refusal, code, form, context)
      const secret = fieldOf(refusal, secretFields(fields))
      return secret ? correct(filled, secret, form, context) : askAnew(filled, form, context)
    }
    default: {
      const address = addressOf(refusal, fields, filled.values)
      if (!address) return null
      tell(refusal, context)
      return correct(filled, address, form, context)
    }
  }
}

/**
 * Asks for one field again and, if that changes a choice, for the secrets of the new one. Security: secrets entered
 * for one host are never sent to another, so after a change of host all secrets are asked for.
 */
async function correct(
  { values, entered }: Filled,
  field: FieldAnswer,
  form: OpenForm,
  context: Context,
): Promise<Filled | null> {
  if (field.kind === 'code') {
    return { values, entered: { ...entered, oneTimeCode: await askSecret(field, context) } }
  }
  if (isSecret(field)) {
    const secrets = { ...entered.secrets, ...(await askSecrets([field], context)) }
    return { values, entered: { ...entered, secrets } }
  }
  const before = new Set(secretFields(form.asked(values)).map(({ name }) => name))
  const corrected = await form.correct(field, values, {
    secrets: entered.secrets,
    isRefused: true,
  })
  if (!corrected) return null
  const asked = form.asked(corrected)
  if (isElsewhere(asked, values, corrected)) return askAll(corrected, form, context)
  const now = secretFields(asked)
  const secrets: Record<string, Secret> = {}
  for (const { name } of now) {
    const secret = entered.secrets[name]
    if (secret) secrets[name] = secret
  }
  const added = await askSecrets(
    now.filter(({ name }) => !before.has(name)),
    context,
  )
  return { values: corrected, entered: { ...entered, secrets: { ...secrets, ...added } } }
}

/** True if an address has changed to another origin (RFC 6454 4). */
function isElsewhere(fields: readonly FieldAnswer[], before: Values, after: Values): boolean {
  const originOf = (url = '') => parseUrl(url)?.origin ?? url
  return fields.some(
    ({ kind, name }) => kind === 'url' && originOf(before[name]) !== originOf(after[name]),
  )
}

async function askWithCode(
  filled: Filled,
  refusal: TokentrayError,
  code: FieldAnswer,
  form: OpenForm,
  context: Context,
): Promise<Filled> {
  const isFirst = refusal.code === 'otp_required' && !filled.entered.oneTimeCode
  if (isFirst && !saysMore(refusal)) {
    context.screen.note('Enter both again; leave the code empty if you have none.')
  }
  const { values, entered } = await askAnew(filled, form, context)
  const oneTimeCode = await askSecret(code, context)
  return { values, entered: { ...entered, oneTimeCode } }
}

async function askAll(values: Values, form: OpenForm, context: Context): Promise<Filled> {
  return { values, entered: { secrets: await askSecrets(form.asked(values), context) } }
}

/**
 * Asks for the secrets again. After a refusal users type the password at once, so that is the first question; Enter
 * alone leads to the user name, which may have been mistyped.
 */
async function askAnew(filled: Filled, form: OpenForm, context: Context): Promise<Filled> {
  const fields = form.asked(filled.values)
  const identity = fields.filter((field) => form.isIdentity(field))
  const [first, ...others] = secretFields(fields)
  if (!first || identity.length === 0) return askAll(filled.values, form, context)
  const labels = identity.map(({ label }) => `"${label}"`).join(' and ')
  const secret = await askSecret(first, context, { empty: `Enter to correct ${labels} first` })
  if (secret.reveal() === '') return askIdentity(filled, form, context)
  const secrets = { [first.name]: secret, ...(await askSecrets(others, context)) }
  return { values: filled.values, entered: { secrets } }
}

/** Asks for the user name and all secrets, in the order of the form. */
async function askIdentity(
  { values, entered }: Filled,
  form: OpenForm,
  context: Context,
): Promise<Filled> {
  const again = { secrets: entered.secrets, isRefused: false }
  let corrected = values
  let secrets: Secrets = {}
  for (const field of form.asked(values)) {
    if (form.isIdentity(field)) {
      corrected = (await form.correct(field, corrected, again)) ?? corrected
    } else if (field.kind === 'secret') {
      secrets = { ...secrets, ...(await askSecrets([field], context)) }
    }
  }
  return { values: corrected, entered: { secrets } }
}
