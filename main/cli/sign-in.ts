import { TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { AccountAnswer, FieldAnswer } from '../loopback/wire.ts'
import type { Entered, LoginOutcome } from './api.ts'
import type { Context } from './context.ts'
import { explained } from './explain.ts'
import { askSecret, askSecrets, readSecrets, secretFields, toSecrets } from './secrets.ts'

/** Sends what was entered to the service. */
export type Attempt = (entered: Entered) => Promise<LoginOutcome>

/**
 * One try with the secrets of the form, and where the service may want a one-time code at most one
 * more: the service does not say whether it was the password or the missing code that it refused.
 */
export async function signIn(
  fields: readonly FieldAnswer[],
  context: Context,
  attempt: Attempt,
): Promise<AccountAnswer> {
  const enter = context.prompt.interactive ? askAndTry : readAndTry
  try {
    const outcome = await enter(fields, context, attempt)
    if (outcome.kind === 'done') return outcome.account
    throw outcome.refusal
  } catch (error) {
    throw explained(error, fields)
  }
}

async function askAndTry(
  fields: readonly FieldAnswer[],
  context: Context,
  attempt: Attempt,
): Promise<LoginOutcome> {
  const first = await attempt({ secrets: await askSecrets(fields, context) })
  const code = codeField(fields)
  if (first.kind === 'done' || !code) return first
  context.screen.note(first.refusal.message)
  context.screen.note('It does not say which, so enter both once more; no code if there is none.')
  const secrets = await askSecrets(fields, context)
  return attempt({ secrets, oneTimeCode: await askSecret(code, context) })
}

/**
 * Behind the secrets may stand a line more, the code; or the secrets once more and the code, which
 * are then tried only if the secrets alone were refused.
 */
async function readAndTry(
  fields: readonly FieldAnswer[],
  { prompt }: Context,
  attempt: Attempt,
): Promise<LoginOutcome> {
  const secrets = await readSecrets(fields, prompt)
  const code = codeField(fields)
  if (!code) return attempt({ secrets })
  const rest: Secret[] = []
  const readOne = async () => {
    const line = await prompt.nextLine()
    if (line) rest.push(line)
    return line !== null
  }
  const most = secretFields(fields).length + 1
  // Only what is there already: nobody may be kept waiting for a code that is not needed.
  while (rest.length < most && prompt.hasLine) await readOne()
  const [early] = rest
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

function noCode(
  refusal: TokentrayError,
  fields: readonly FieldAnswer[],
  code: FieldAnswer,
): TokentrayError {
  const lines = [...secretFields(fields), code].map(({ label }) => label)
  return new TokentrayError('otp_required', refusal.message, {
    cause: refusal,
    hint:
      'Correct the password; for an account with a one-time code send ' +
      `${lines.length} lines: ${lines.join(', ')}.`,
  })
}

function codeField(fields: readonly FieldAnswer[]): FieldAnswer | undefined {
  return fields.find(({ kind }) => kind === 'code')
}
