import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { AccountAnswer, FieldAnswer } from '../loopback/wire.ts'
import type { Api, CheckedForm } from './api.ts'
import { applying, applyingAgain } from './applying.ts'
import type { Context } from './context.ts'
import { explained } from './explain.ts'
import { checkSettings, openFields, type Values } from './form.ts'
import { findAccount, findProvider } from './known.ts'
import { chooseLike } from './like.ts'
import { fillNewForm, type NewLogin } from './new-form.ts'
import { signIn } from './sign-in.ts'

/**
 * Logs a new account in, with what the provider's form asks for. Secrets are asked for last, once
 * everything else has been accepted, and not at all where another account lends its own.
 */
export async function logInNew(
  login: NewLogin,
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const { id, fields, shares_credential: isShared } = await findProvider(login.provider, api)
  const like = login.like ?? (isShared ? await chooseLike(id, api, context) : undefined)
  const wanted = { ...login, ...(like !== undefined && { like }) }
  const form = await fillNewForm(wanted, fields, api, context)
  const account =
    like === undefined
      ? await signIn(applying(fields, form.values), context, (entered) =>
          api.addAccount({ ...form, ...entered }),
        )
      : await addLike(like, form, openFields(fields), api)
  if (form.name === undefined) await noteTwin(account, api, context)
  return account
}

/**
 * Logs a known account in again with its stored values, but for those that `settings` changes; asks
 * for its secrets alone.
 */
export async function logInAgain(
  account: string,
  settings: Values,
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const known = await findAccount(account, api)
  const { fields } = await findProvider(known.provider, api)
  const values = checkSettings(fields, settings)
  const asked = applyingAgain(fields, values, known.secret_fields)
  return signIn(asked, context, (entered) => api.login(account, { values, ...entered }))
}

async function addLike(
  like: string,
  form: CheckedForm,
  fields: readonly FieldAnswer[],
  api: Api,
): Promise<AccountAnswer> {
  try {
    const outcome = await api.addAccount({ ...form, secrets: {} })
    if (outcome.kind === 'done') return outcome.account
    throw outcome.refusal
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') {
      throw explained(error, fields)
    }
    throw new TokentrayError(error.code, error.message, {
      cause: error,
      hint: `The key was that of ${like}; to enter another one, leave --like out.`,
    })
  }
}

/** A number behind the name may mean that the person meant to log in again. */
async function noteTwin({ id, provider, label }: AccountAnswer, api: Api, { screen }: Context) {
  if (!/-\d+$/.test(id)) return
  // The login has succeeded, and a list that cannot be had does not change that.
  const { accounts } = await api.accounts().catch(() => ({ accounts: [] }))
  const twin = accounts.find(
    (known) => known.id !== id && known.provider === provider && known.label === label,
  )
  if (!twin) return
  screen.note(
    `There is already ${twin.id} with the same label; to log it in again: tokentray login ${twin.id}`,
  )
}
