import { errorTable, type TokentrayError } from '../base/errors.ts'
import { isName } from '../base/ids.ts'
import type { FieldAnswer } from '../loopback/wire.ts'
import type { Api, CheckedForm } from './api.ts'
import type { Context } from './context.ts'
import { explained, namedField, withoutPaths } from './explain.ts'
import { askAgain, fillValues, type Values, withoutEmpty } from './form.ts'
import { fillLike } from './like.ts'
import { naming } from './naming.ts'
import { notAName } from './usage.ts'

/** A login that makes an account. */
export interface NewLogin {
  readonly provider: string
  /** Left out: made from the login. */
  readonly name?: string
  /** What `--set` gave. */
  readonly settings: Values
  /** An account whose values and secrets are taken where none are given. */
  readonly like?: string
}

/** A form as it was filled in so far; an empty answer was left out. */
interface Filled {
  readonly name?: string
  readonly answers: Values
}

/**
 * Fills in what is not secret and has it checked, so that no secret is typed for nothing. What is
 * refused is asked for again at a terminal, and thrown elsewhere.
 */
export async function fillNewForm(
  login: NewLogin,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<CheckedForm> {
  const { provider, name, settings, like } = login
  const answers =
    like === undefined
      ? await fillValues(fields, settings, context)
      : await fillLike(like, fields, settings, context)
  let filled: Filled = { answers, ...(name !== undefined && { name }) }
  for (;;) {
    const form: CheckedForm = {
      provider,
      ...(filled.name !== undefined && { name: filled.name }),
      values: withoutEmpty(filled.answers),
      ...(like !== undefined && { like }),
    }
    const refusal = await naming({ account: like }, api.check(form))
    if (!refusal) return form
    if (!context.prompt.interactive) throw explained(refusal, fields)
    const said = withoutPaths(refusal, fields, form.values)
    filled = await correct(filled, said, fields, context, like !== undefined)
  }
}

async function correct(
  filled: Filled,
  refusal: TokentrayError,
  fields: readonly FieldAnswer[],
  context: Context,
  isLike: boolean,
): Promise<Filled> {
  const { screen } = context
  screen.note(refusal.message)
  if (refusal.hint !== errorTable[refusal.code].hint) screen.note(refusal.hint)
  if (refusal.code === 'already_exists') return { ...filled, name: await askName(context) }
  // Of a form like another account's only what was given is known.
  const known = isLike ? fields.filter(({ name }) => filled.answers[name] !== undefined) : fields
  const named = namedField(refusal, known)
  if (known.length === 0) throw refusal
  return { ...filled, answers: await askAgain(known, filled.answers, context, named) }
}

async function askName({ prompt, screen }: Context): Promise<string> {
  for (;;) {
    const name = await prompt.visible('Name of the new account: ')
    if (isName(name)) return name
    screen.note(notAName('account').hint)
  }
}
