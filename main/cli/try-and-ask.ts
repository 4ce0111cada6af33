import { errorTable, isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { AccountAnswer, FieldAnswer } from '../loopback/wire.ts'
import type { Entered } from './api.ts'
import type { Context } from './context.ts'
import { explained, fieldOf, namedField, withoutPaths } from './explain.ts'
import { isSecret, type Values } from './form.ts'
import { askSecret, askSecrets, codeField, secretFields } from './secrets.ts'
import type { Attempt, OpenForm } from './sign-in.ts'

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
export async function tryAndAsk(
  form: OpenForm,
  context: Context,
  attempt: Attempt,
): Promise<AccountAnswer> {
  let filled = await begin(form, context)
  for (let tries = 0; ; ) {
    const fields = form.asked(filled.values)
    const fault = await form.check?.(filled.values)
    const result = fault ?? (await outcomeOf(filled, attempt))
    if (!isTokentrayError(result)) return result
    const refusal = withoutPaths(result, fields, filled.values)
    // What has not left this machine is no try.
    if (!fault) tries += 1
    const mended = fault ? mendForm : tries < MOST_TRIES ? mend : null
    const next = await mended?.(filled, refusal, form, context)
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

/** A fault of the open fields, found before a secret was sent. */
async function mendForm(
  filled: Filled,
  refusal: TokentrayError,
  form: OpenForm,
  context: Context,
): Promise<Filled | null> {
  if (refusal.code !== 'invalid_request') return null
  tell(refusal, context)
  return correct(filled, namedField(refusal, form.asked(filled.values)), form, context, false)
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
      return correct(filled, field, form, context, true)
    }
    case 'otp_required':
    case 'wrong_credentials': {
      if (secretFields(fields).length === 0) return null
      tell(refusal, context)
      const code = codeField(fields)
      if (code) return askWithCode(filled, refusal, code, form, context)
      const secret = fieldOf(refusal, secretFields(fields))
      return secret
        ? correct(filled, secret, form, context, true)
        : askAll(await correctIdentity(filled, form), form, context)
    }
    default:
      return null
  }
}

/** One field anew, or all open ones; where a choice is another, also the secrets that go with the new one. */
async function correct(
  { values, entered }: Filled,
  field: FieldAnswer | undefined,
  form: OpenForm,
  context: Context,
  mayStay: boolean,
): Promise<Filled | null> {
  if (field?.kind === 'code') {
    return { values, entered: { ...entered, oneTimeCode: await askSecret(field, context) } }
  }
  if (field && isSecret(field)) {
    const secrets = { ...entered.secrets, ...(await askSecrets([field], context)) }
    return { values, entered: { ...entered, secrets } }
  }
  const before = new Set(secretFields(form.asked(values)).map(({ name }) => name))
  const corrected = await form.correct(field, values, { secrets: entered.secrets, mayStay })
  if (!corrected) return null
  const now = secretFields(form.asked(corrected))
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

async function askWithCode(
  filled: Filled,
  { code: refused }: TokentrayError,
  code: FieldAnswer,
  form: OpenForm,
  context: Context,
): Promise<Filled> {
  const { values, entered } = filled
  const isFirst = refused === 'otp_required' && !entered.oneTimeCode
  if (isFirst) {
    context.screen.note(
      'The service does not say which one was wrong. Enter both again; leave the code empty if you have none.',
    )
  }
  const corrected = isFirst ? values : await correctIdentity(filled, form)
  const { entered: again } = await askAll(corrected, form, context)
  const oneTimeCode = await askSecret(code, context)
  return { values: corrected, entered: { ...again, oneTimeCode } }
}

async function askAll(values: Values, form: OpenForm, context: Context): Promise<Filled> {
  return { values, entered: { secrets: await askSecrets(form.asked(values), context) } }
}

/** Whom the service does not know may have mistyped their own name. */
async function correctIdentity(
  { values, entered: { secrets } }: Filled,
  form: OpenForm,
): Promise<Values> {
  let corrected = values
  for (const field of form.asked(values).filter((candidate) => form.isIdentity(candidate))) {
    const kept = { secrets, mayStay: true }
    corrected = (await form.correct(field, corrected, kept)) ?? corrected
  }
  return corrected
}

function tell({ code, message, hint }: TokentrayError, { screen }: Context): void {
  screen.note(message)
  if (hint !== errorTable[code].hint) screen.note(hint)
}
