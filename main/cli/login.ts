import { isTokentrayError } from '../base/errors.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../loopback/wire.ts'
import type { Api, CheckedForm } from './api.ts'
import { applying, applyingAgain } from './applying.ts'
import type { Context } from './context.ts'
import { reworded } from './explain.ts'
import { askAgain, askValue, checkSettings, openFields, type Values, withoutEmpty } from './form.ts'
import { findAccount, findProvider } from './known.ts'
import { findLender, requireAnother } from './lender.ts'
import { chooseLike } from './like.ts'
import { naming } from './naming.ts'
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
  const provider = await findProvider(login.provider, api)
  const { fields } = provider
  const lender = await findOrChoose(login, provider, api, context)
  const wanted = { ...login, ...(lender && { like: lender.id }) }
  const form = await fillNewForm(wanted, fields, api, context)
  const account = lender
    ? await addLike(lender, form, fields, api, context)
    : await addNew(form, fields, api, context)
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
  const form = {
    values: checkSettings(fields, settings),
    asked: (values: Values) => applyingAgain(fields, values, known.secret_fields),
    // Who it is was right once, and is changed with --set.
    isIdentity: () => false,
    correct: async (field: FieldAnswer, values: Values) =>
      withValue(values, field, await askValue(field, context)),
  }
  const loggingIn = signIn(form, context, (values, entered) =>
    api.login(account, { values, ...entered }),
  )
  return naming({ account }, loggingIn)
}

async function findOrChoose(
  { like, settings }: NewLogin,
  provider: ProvidersAnswer['providers'][number],
  api: Api,
  context: Context,
): Promise<AccountAnswer | undefined> {
  if (like !== undefined) return findLender(like, provider, api)
  return provider.shares_credential ? chooseLike(provider, settings, api, context) : undefined
}

function addNew(
  form: CheckedForm,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const asked = (values: Values) => applying(fields, values)
  const open = {
    values: form.values,
    asked,
    isIdentity: ({ kind, required }: FieldAnswer) => kind === 'text' && required,
    correct: async (field: FieldAnswer, values: Values) => {
      if (field.kind === 'text') {
        const previous = values[field.name]
        return withValue(values, field, await askValue(field, context, { previous }))
      }
      const leftOut = openFields(asked(values)).map(({ name }) => [name, ''])
      const answers = { ...Object.fromEntries(leftOut), ...values }
      return withoutEmpty(await askAgain(fields, answers, context, field))
    },
  }
  return signIn(open, context, (values, entered) => api.addAccount({ ...form, values, ...entered }))
}

async function addLike(
  lender: AccountAnswer,
  form: CheckedForm,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const like = lender.id
  const open = {
    values: form.values,
    asked: () => openFields(fields),
    isIdentity: () => false,
    correct: async (field: FieldAnswer, values: Values) =>
      withValue(values, field, await askValue(field, context)),
  }
  const adding = signIn(open, context, async (values, entered) => {
    if (form.name === undefined) await requireAnother(lender, values, fields, api)
    return api.addAccount({ ...form, values, ...entered })
  })
  try {
    return await naming({ account: like }, adding)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    const hint = `The key was that of ${like}; to enter another one, leave --like out.`
    throw reworded(error, { hint })
  }
}

function withValue(values: Values, { name }: FieldAnswer, value: string): Values {
  return { ...values, [name]: value }
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
