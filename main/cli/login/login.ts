import { isTokentrayError, reworded } from '../../base/errors.ts'
import { applying } from '../../base/forms/form-fields.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api, CheckedForm, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, findProvider, nameNotFound } from '../find.ts'
import { askValue, type Judge } from './ask-value.ts'
import { fillLike, findLender, isSamePlace, offerLender, requireAnother } from './copy-from.ts'
import { explained, withoutPaths } from './field-errors.ts'
import { askAgain, type FilledForm, fillForm, knownValues } from './fill-form.ts'
import { applyingAgain, checkSettings, openFields, presetValues, withoutEmpty } from './form.ts'
import type { OpenForm } from './interactive-login.ts'
import { attemptLogin } from './login-attempt.ts'
import { codeField } from './secrets.ts'

/** A login that makes an account. */
export interface NewLogin {
  readonly provider: string
  /** Left out: made from the login. */
  readonly name?: string
  /** What `--set` gave. */
  readonly settings: Values
  /** An account whose values and secrets are taken where none are given. */
  readonly like?: string
  /** At a terminal, also what is optional or has a default is asked for. */
  readonly asksAll: boolean
}

/** An account that was made, and the fields that nobody was asked for. */
export interface NewAccount {
  readonly account: AccountAnswer
  readonly leftOut: readonly FieldAnswer[]
}

type Provider = ProvidersAnswer['providers'][number]

/**
 * Logs a new account in, with what the provider's form asks for. At a terminal that is asked for in the
 * order of the form; elsewhere secrets are read last, once everything else has been accepted. Where
 * another account lends its own, none is needed.
 */
export async function logInNew(login: NewLogin, api: Api, context: Context): Promise<NewAccount> {
  const provider = await findProvider(login.provider, api)
  const made = await (login.like === undefined
    ? addByForm(login, provider, api, context)
    : addLikeNamed(login, login.like, provider, api, context))
  if (login.name === undefined) await noteTwin(made.account, api, context)
  return made
}

/**
 * Logs a known account in again with its stored values, but for those that `settings` changes; asks
 * for its secrets alone, and where it is the one-time code that is missing, for that alone.
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
  const judge: Judge = (changed) =>
    nameNotFound(
      { account },
      api.check({ provider: known.provider, values: changed, again: account }),
    )
  // Whether anything would be sent at all, and to where it should be.
  await requireFaultless(judge, values, fields)
  // What is kept goes where it belongs only.
  const isKept = known.needs_code && known.state !== 'signed_out'
  const code = isKept && isSamePlace(fields, known.values, values) ? codeField(fields) : undefined
  const form: OpenForm = {
    values,
    ...(code && { codeAlone: code }),
    asked: (changed) => applyingAgain(fields, changed, known.secret_fields),
    // Who it is was right once, and is changed with --set.
    isIdentity: () => false,
    correct: (field, changed) => correctOne(field, changed, context, judge),
  }
  const loggingIn = attemptLogin(form, context, (changed, entered) =>
    api.login(known, { values: changed, ...entered }),
  )
  return nameNotFound({ account }, loggingIn)
}

async function addByForm(
  login: NewLogin,
  provider: Provider,
  api: Api,
  context: Context,
): Promise<NewAccount> {
  const { fields } = provider
  const { settings, asksAll } = login
  if (!context.prompt.interactive) {
    const values = presetValues(fields, settings)
    return { account: await addNew(login, { values }, fields, api, context), leftOut: [] }
  }
  const lender = await offerLender(provider, settings, api, context)
  const judge = judgeOf(login, api)
  // Before the first question: a locked keychain ends it, and what is wrong with the arguments.
  await requireFaultless(judge, knownValues(fields, settings, asksAll), fields)
  const asked = { all: asksAll, lender: lender?.id, judge }
  const filled = await fillForm(fields, settings, context, asked)
  const { values, given, isLent } = filled
  const entered = Object.fromEntries(given.map((name) => [name, values[name] ?? '']))
  const account =
    lender && isLent
      ? await addLike(lender, login, withoutEmpty(entered), fields, api, context)
      : await addNew(login, filled, fields, api, context)
  const open = isLent ? [] : applying(openFields(fields), account.values)
  return { account, leftOut: open.filter(({ name }) => !given.includes(name)) }
}

async function addLikeNamed(
  login: NewLogin,
  like: string,
  provider: Provider,
  api: Api,
  context: Context,
): Promise<NewAccount> {
  const { fields } = provider
  const lender = await findLender(like, provider, api)
  const given = checkSettings(fields, login.settings)
  const judge = likeJudgeOf(login, like, api)
  if (context.prompt.interactive) await requireFaultless(judge, given, fields)
  const values = withoutEmpty(
    await fillLike(lender, fields, given, context, { all: login.asksAll, judge }),
  )
  return { account: await addLike(lender, login, values, fields, api, context), leftOut: [] }
}

/** Throws what is wrong with what is known before the first question. */
async function requireFaultless(
  judge: Judge,
  values: Values,
  fields: readonly FieldAnswer[],
): Promise<void> {
  const fault = await judge(values)
  if (fault) throw explained(withoutPaths(fault, fields, values), fields)
}

const toForm = ({ provider, name }: NewLogin, values: Values): CheckedForm => ({
  provider,
  values: withoutEmpty(values),
  ...(name !== undefined && { name }),
})

const judgeOf =
  (login: NewLogin, api: Api): Judge =>
  (values) =>
    api.check({ ...toForm(login, values), unfinished: true })

const likeJudgeOf =
  (login: NewLogin, like: string, api: Api): Judge =>
  (values) =>
    nameNotFound({ account: like }, api.check({ ...toForm(login, values), like }))

function addNew(
  login: NewLogin,
  { values, secrets }: Pick<FilledForm, 'values'> & Partial<FilledForm>,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const open: OpenForm = {
    values,
    ...(secrets && { secrets }),
    asked: (answers) => applying(fields, answers),
    isIdentity: ({ kind, required }) => kind === 'text' && required,
    check: (answers) => api.check(toForm(login, answers)),
    correct: (wrong, answers, retry) =>
      askAgain(fields, answers, wrong, retry, context, judgeOf(login, api)),
  }
  return attemptLogin(open, context, (answers, entered) =>
    api.addAccount({ ...toForm(login, answers), ...entered }),
  )
}

async function addLike(
  lender: AccountAnswer,
  login: NewLogin,
  values: Values,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const like = lender.id
  const judge = likeJudgeOf(login, like, api)
  const open: OpenForm = {
    values,
    asked: () => openFields(fields),
    isIdentity: () => false,
    check: judge,
    correct: async (wrong, given) => {
      // What is not text is where the key belongs: what was not given is not to be chosen here.
      const isLent = wrong.kind !== 'text' && !(wrong.name in given)
      return isLent ? null : correctOne(wrong, given, context, judge)
    },
  }
  const adding = attemptLogin(open, context, async (given, entered) => {
    if (login.name === undefined) await requireAnother(lender, given, fields, api)
    return api.addAccount({ ...toForm(login, given), like, likeUid: lender.uid, ...entered })
  })
  try {
    return await nameNotFound({ account: like }, adding)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    const hint = `The key was that of ${like}; to enter another one, leave --like out.`
    throw reworded(error, { hint })
  }
}

/** All values with another answer for one field that was refused. */
async function correctOne(
  field: FieldAnswer,
  values: Values,
  context: Context,
  judge: Judge,
): Promise<Values> {
  const { name } = field
  const answer = await askValue(field, context, {
    isRefused: true,
    judge: (value) => judge({ ...values, [name]: value }),
  })
  return { ...values, [name]: answer }
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
