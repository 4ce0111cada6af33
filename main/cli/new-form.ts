import { errorTable, type TokentrayError } from '../base/errors.ts'
import { isName } from '../base/ids.ts'
import type { FieldAnswer } from '../loopback/wire.ts'
import type { Api, CheckedForm } from './api.ts'
import type { Context } from './context.ts'
import { explained, namedField } from './explain.ts'
import { askValue, fillValues, isSecret, type Values } from './form.ts'
import { notAName } from './usage.ts'

/** A login that makes an account. */
export interface NewLogin {
  readonly provider: string
  /** Left out: made from the login. */
  readonly name?: string
  /** What `--set` gave. */
  readonly settings: Values
}

/**
 * Fills in what is not secret and has it checked, so that no secret is typed for nothing. What is
 * refused is asked for again at a terminal, and thrown elsewhere.
 */
export async function fillNewForm(
  { provider, name, settings }: NewLogin,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<CheckedForm> {
  const values = await fillValues(fields, settings, context)
  let form: CheckedForm = { provider, values, ...(name !== undefined && { name }) }
  for (;;) {
    const refusal = await api.check(form)
    if (!refusal) return form
    if (!context.prompt.interactive) throw explained(refusal, fields)
    form = await correct(form, refusal, fields, context)
  }
}

async function correct(
  form: CheckedForm,
  refusal: TokentrayError,
  fields: readonly FieldAnswer[],
  context: Context,
): Promise<CheckedForm> {
  const { screen } = context
  screen.note(refusal.message)
  if (refusal.hint !== errorTable[refusal.code].hint) screen.note(refusal.hint)
  if (refusal.code === 'already_exists') return { ...form, name: await askName(context) }
  const named = namedField(refusal, fields)
  const wrong = named ? [named] : fields.filter((field) => !isSecret(field))
  if (wrong.length === 0) throw refusal
  const values: Record<string, string> = { ...form.values }
  for (const field of wrong) {
    // Where it is not clear which value is wrong, Enter alone keeps one.
    const value = await askValue(field, context, named ? field.default : form.values[field.name])
    delete values[field.name]
    if (value !== '') values[field.name] = value
  }
  return { ...form, values }
}

async function askName({ prompt, screen }: Context): Promise<string> {
  for (;;) {
    const name = await prompt.visible('Name of the new account: ')
    if (isName(name)) return name
    screen.note(notAName('account').hint)
  }
}
