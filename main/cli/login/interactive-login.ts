import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import type { AccountAnswer, FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Entered, LoginOutcome, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { addressOf, explained, fieldOf, saysMore, tell, withoutPaths } from './field-errors.ts'
import { askSecret, askSecrets, codeField, secretFields } from './secrets.ts'

/** Sends what was entered to the service. */
export type Attempt = (values: Values, entered: Entered) => Promise<LoginOutcome>

/** A form whose open fields have been filled in, and what of it can be asked for once more. */
export interface OpenForm {
  readonly values: Values
  /** Secrets that the person has typed already, with the values. */
  readonly secrets?: Secrets
  /** The one field that is needed, because the secrets are kept. */
  readonly codeAlone?: FieldAnswer
  /** The fields that apply with these values. */
  asked(values: Values): readonly FieldAnswer[]
  /** True for an open field that a person may have mistyped where the service does not know them. */
  isIdentity(field: FieldAnswer): boolean
  /** What is wrong with the values, before a secret is read from standard input; `null` if nothing is. */
  check?(values: Values): Promise<TokentrayError | null>
  /** Asks for one open field again. All values with the new one; `null` where there is nothing to ask for. */
  correct(field: FieldAnswer, values: Values, retry: Retry): Promise<Values | null>
}

/** How an answer is asked for again, which is shown for Enter to keep it. */
export interface Retry {
  /** None of these is shown. */
  readonly secrets: Secrets
  /** It has just been refused; false where the person wants to answer it anew. */
  readonly isRefused: boolean
}

/** As many as `ssh` and `sudo` allow: services lock accounts, or shut out addresses, after more. */
const MOST_TRIES = 3

/** What is tried next. */
interface Filled {
  readonly values: Values
  readonly entered: Entered
}

/**
 * Asks for the secrets and tries; what the service or the form refuses is asked for again, the rest is
 * kept. Rejects with the last refusal, with what asking cannot mend, and with `cancelled` on Ctrl-C.
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
    const next = tries < MOST_TRIES ? await mend(filled, refusal, form, context) : null
    if (!next) throw explained(refusal, fields)
    filled = next
  }
}

/** What is there before the first try. */
async function begin(form: OpenForm, context: Context): Promise<Filled> {
  const { values, secrets, codeAlone } = form
  if (secrets) return { values, entered: { secrets } }
  if (!codeAlone) return askAll(values, form, context)
  const oneTimeCode = await askSecret(codeAlone, context, {
    empty: 'Enter to type the password as well',
  })
  if (oneTimeCode.reveal() !== '') return { values, entered: { secrets: {}, oneTimeCode } }
  const { entered } = await askAll(values, form, context)
  return { values, entered: { ...entered, oneTimeCode: await askSecret(codeAlone, context) } }
}

/** The account, or why there is none. */
async function outcomeOf({ values, entered }: Filled, attempt: Attempt) {
  try {
    const outcome = await attempt(values, entered)
    return outcome.kind === 'done' ? outcome.account : outcome.refusal
  } catch (error) {
    if (isTokentrayError(error)) return error
    throw error
  }
}

/** `null` where nothing that could be entered anew would help. */
async function mend(
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
 * One field anew; where a choice is another, also the secrets that go with the new one. Security: what was
 * typed for one host goes to no other, so with that all secrets are asked for.
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

/** True where an address leads to another origin (RFC 6454 4) than before. */
function isElsewhere(fields: readonly FieldAnswer[], before: Values, after: Values): boolean {
  const originOf = (url = '') => (URL.canParse(url) ? new URL(url).origin : url)
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
 * The secrets again. Who was refused types the password at once, so that is the first question; whom the
 * service does not know may have mistyped their own name, and gets there with Enter alone.
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

/** Who it is and all secrets, in the order of the form: a name stands before its password. */
async function askIdentity(
  { values, entered }: Filled,
  form: OpenForm,
  context: Context,
): Promise<Filled> {
  const retry = { secrets: entered.secrets, isRefused: false }
  let corrected = values
  let secrets: Secrets = {}
  for (const field of form.asked(values)) {
    if (form.isIdentity(field)) {
      corrected = (await form.correct(field, corrected, retry)) ?? corrected
    } else if (field.kind === 'secret') {
      secrets = { ...secrets, ...(await askSecrets([field], context)) }
    }
  }
  return { values: corrected, entered: { secrets } }
}
