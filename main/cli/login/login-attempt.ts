import { TokentrayError } from '../../base/errors.ts'
import { hasShape } from '../../base/forms/form-fields.ts'
import type { Secret } from '../../base/secret.ts'
import { settingsIn } from '../../base/text/hints.ts'
import type { AccountAnswer, FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Entered, LoginOutcome } from '../api/api.ts'
import type { Context } from '../context.ts'
import { explained } from './field-errors.ts'
import { type Attempt, interactiveLogin, type OpenForm } from './interactive-login.ts'
import { codeField, readSecrets, secretFields, toSecrets } from './secrets.ts'

/**
 * Logs in with the form and its secrets. At a terminal, what is refused is asked for again. Otherwise there is one
 * attempt, and a second one if the service may want a one-time code: it does not say whether it refused the
 * password or the missing code.
 */
export async function attemptLogin(
  form: OpenForm,
  context: Context,
  attempt: Attempt,
): Promise<AccountAnswer> {
  if (context.prompt.interactive) return interactiveLogin(form, context, attempt)
  const fields = form.asked(form.values)
  try {
    const fault = await form.check?.(form.values)
    if (fault) throw fault
    const outcome = await readAndTry(form, context, (entered) => attempt(form.values, entered))
    if (outcome.kind === 'done') return outcome.account
    throw outcome.refusal
  } catch (error) {
    throw explained(error, fields)
  }
}

/**
 * After the secrets, standard input may have the code; or the secrets again and the code, which are used only if the
 * secrets alone were refused. A single line is the code if only that is needed and it looks like one.
 */
async function readAndTry(
  { asked, values, codeAlone }: OpenForm,
  { prompt }: Context,
  attempt: (entered: Entered) => Promise<LoginOutcome>,
): Promise<LoginOutcome> {
  const fields = asked(values)
  const secrets = await readSecrets(fields, prompt)
  const code = codeField(fields)
  if (!code) {
    if (prompt.hasLine) throw tooManyLines(fields)
    return attempt({ secrets })
  }
  const rest: Secret[] = []
  const readOne = async () => {
    const line = await prompt.nextLine()
    if (line) rest.push(line)
    return line !== null
  }
  const most = secretFields(fields).length + 1
  // Only lines that are already there: never wait for a code that may not be needed.
  while (rest.length < most && prompt.hasLine) await readOne()
  if (prompt.hasLine) throw tooManyLines(fields)
  const [early] = rest
  const [line, ...others] = Object.values(secrets)
  if (codeAlone && line && others.length === 0 && !early && looksLike(codeAlone, line)) {
    return attempt({ secrets: {}, oneTimeCode: line })
  }
  if (early && rest.length === 1) return attempt({ secrets, oneTimeCode: early })
  const first = await attempt({ secrets })
  if (first.kind === 'done') return first
  while (rest.length < most && (await readOne()));
  const oneTimeCode = rest.at(-1)
  if (oneTimeCode && rest.length === 1) return attempt({ secrets, oneTimeCode })
  if (oneTimeCode && rest.length === most) {
    return attempt({ secrets: toSecrets(fields, rest), oneTimeCode })
  }
  throw noCode(first.refusal, fields, code)
}

/** Thrown before anything is sent: with an extra line, the others may not be what they seem. */
function tooManyLines(fields: readonly FieldAnswer[]): TokentrayError {
  const secrets = secretFields(fields).map(({ label }) => label)
  const code = codeField(fields)?.label
  const forms = code ? [secrets, [...secrets, code], [...secrets, ...secrets, code]] : [secrets]
  return new TokentrayError('invalid_request', 'Too many lines on standard input.', {
    hint: `Send one line each: ${forms.map((lines) => lines.join(', ')).join('; or ')}.`,
  })
}

function looksLike(field: FieldAnswer, line: Secret): boolean {
  return field.shape !== undefined && hasShape(field, line.reveal().trim())
}

function noCode(
  refusal: TokentrayError,
  fields: readonly FieldAnswer[],
  code: FieldAnswer,
): TokentrayError {
  const lines = [...secretFields(fields), code].map(({ label }) => label)
  const ofCode = `If the account has a one-time code, send ${lines.length} lines: ${lines.join(', ')}.`
  const hint = `Check the password. ${ofCode} ${settingsIn(refusal.hint)}`.trimEnd()
  return new TokentrayError('otp_required', refusal.message, { cause: refusal, hint })
}
