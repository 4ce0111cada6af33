import { isTokentrayError, reworded } from '../../base/errors.ts'
import { applying } from '../../base/forms/form-fields.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api, CheckedForm, Values } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, findProvider, nameNotFound } from '../find.ts'
import { askValue, type Judge } from './ask-value.ts'
import {
  fillCopy,
  findCredentialSource,
  isSamePlace,
  offerCredentialSource,
  requireAnother,
} from './copy-from.ts'
import { explained, withoutPaths } from './field-errors.ts'
import { askAgain, type FilledForm, fillForm, knownValues } from './fill-form.ts'
import { applyingAgain, checkSettings, openFields, presetValues, withoutEmpty } from './form.ts'
import type { OpenForm } from './interactive-login.ts'
import { attemptLogin } from './login-attempt.ts'
import { codeField } from './secrets.ts'

/** A login that adds an account. */
export interface NewLogin {
  readonly provider: string
  /** Left out: derived from the login. */
  readonly name?: string
  /** What the user calls it, in any script. */
  readonly displayName?: string
  /** The values of `--set`. */
  readonly settings: Values
  /** An account from which values and secrets that are not given are copied. */
  readonly copyFrom?: string
  /** At a terminal, also ask for optional fields and those with a default. */
  readonly asksAll: boolean
}

/** The added account, and the fields that were not asked for. */
export interface NewAccount {
  readonly account: AccountAnswer
  readonly leftOut: readonly FieldAnswer[]
}

type Provider = ProvidersAnswer['providers'][number]

/**
 * Adds an account with the values of the provider's form. At a terminal they are asked for in the order of the form;
 * otherwise secrets are read last, after all other values were accepted. A copy of another account needs no
 * secrets.
 */
export async function logInNew(login: NewLogin, api: Api, context: Context): Promise<NewAccount> {
  const provider = await findProvider(login.provider, api)
  const added = await (login.copyFrom === undefined
    ? addByForm(login, provider, api, context)
    : addCopyOf(login, login.copyFrom, provider, api, context))
  if (!isNamed(login)) await noteTwin(added.account, api, context)
  return added
}

/**
 * Logs in to an account again, with its stored values except those that `settings` changes. Asks only for the secrets,
 * or only for the one-time code if nothing else is needed.
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
  // Before asking for secrets: whether the login would be sent, and to the right address.
  await requireFaultless(judge, values, fields)
  // Stored secrets are only sent to their own address.
  const isKept = known.needs_code && known.state !== 'signed_out'
  const code = isKept && isSamePlace(fields, known.values, values) ? codeField(fields) : undefined
  const form: OpenForm = {
    values,
    ...(code && { codeAlone: code }),
    asked: (changed) => applyingAgain(fields, changed, known.secret_fields),
    // The user name was right before; it is changed with --set.
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
  const source = await offerCredentialSource(provider, settings, api, context)
  const judge = judgeOf(login, api)
  // Before the first question, so that a locked keychain or an invalid argument is reported at once.
  await requireFaultless(judge, knownValues(fields, settings, asksAll), fields)
  const asked = { all: asksAll, credentialSource: source?.id, judge }
  const filled = await fillForm(fields, settings, context, asked)
  const { values, given, isCopied } = filled
  const entered = Object.fromEntries(given.map((name) => [name, values[name] ?? '']))
  const account =
    source && isCopied
      ? await addCopy(source, login, withoutEmpty(entered), fields, api, context)
      : await addNew(login, filled, fields, api, context)
  const open = isCopied ? [] : applying(openFields(fields), account.values)
  return { account, leftOut: open.filter(({ name }) => !given.includes(name)) }
}

async function addCopyOf(
  login: NewLogin,
  copyFrom: string,
  provider: Provider,
  api: Api,
  context: Context,
): Promise<NewAccount> {
  const { fields } = provider
  const source = await findCredentialSource(copyFrom, provider, api)
  const given = checkSettings(fields, login.settings)
  const judge = copyJudgeOf(login, copyFrom, api)
  if (context.prompt.interactive) await requireFaultless(judge, given, fields)
  const values = withoutEmpty(
    await fillCopy(source, fields, given, context, { all: login.asksAll, judge }),
  )
  return { account: await addCopy(source, login, values, fields, api, context), leftOut: [] }
}

/** Throws what is wrong with the values known before the first question. */
async function requireFaultless(
  judge: Judge,
  values: Values,
  fields: readonly FieldAnswer[],
): Promise<void> {
  const fault = await judge(values)
  if (fault) throw explained(withoutPaths(fault, fields, values), fields)
}

/** True if the user chose a name, so that another account is meant. */
const isNamed = ({ name, displayName }: NewLogin) => (name ?? displayName) !== undefined

const toForm = ({ provider, name, displayName }: NewLogin, values: Values): CheckedForm => ({
  provider,
  values: withoutEmpty(values),
  ...(name !== undefined && { name }),
  ...(displayName !== undefined && { displayName }),
})

const judgeOf =
  (login: NewLogin, api: Api): Judge =>
  (values) =>
    api.check({ ...toForm(login, values), unfinished: true })

const copyJudgeOf =
  (login: NewLogin, copyFrom: string, api: Api): Judge =>
  (values) =>
    nameNotFound({ account: copyFrom }, api.check({ ...toForm(login, values), copyFrom }))

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

async function addCopy(
  source: AccountAnswer,
  login: NewLogin,
  values: Values,
  fields: readonly FieldAnswer[],
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const copyFrom = source.id
  const judge = copyJudgeOf(login, copyFrom, api)
  const open: OpenForm = {
    values,
    asked: () => openFields(fields),
    isIdentity: () => false,
    check: judge,
    correct: async (wrong, given) => {
      // Fields other than text say where the key is valid, so copied ones cannot be changed here.
      const isCopied = wrong.kind !== 'text' && !(wrong.name in given)
      return isCopied ? null : correctOne(wrong, given, context, judge)
    },
  }
  const adding = attemptLogin(open, context, async (given, entered) => {
    if (!isNamed(login)) await requireAnother(source, given, fields, api)
    return api.addAccount({
      ...{ ...toForm(login, given), copyFrom, copyFromUid: source.uid },
      ...entered,
    })
  })
  try {
    return await nameNotFound({ account: copyFrom }, adding)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    const hint = `The refused key is that of ${copyFrom}. To enter another one, leave --copy-from out.`
    throw reworded(error, { hint })
  }
}

/** Asks again for one field that was refused; returns all values with the new one. */
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

/** Notes an account with the same label: the user may have meant to log in to that one again. */
async function noteTwin({ id, provider, label }: AccountAnswer, api: Api, { screen }: Context) {
  if (!/-\d+$/.test(id)) return
  // The login has succeeded: a list that cannot be fetched must not change that.
  const { accounts } = await api.accounts().catch(() => ({ accounts: [] }))
  const twin = accounts.find(
    (known) => known.id !== id && known.provider === provider && known.label === label,
  )
  if (!twin) return
  screen.note(
    `${twin.id} has the same label. To log in to that account again: tokentray login ${twin.id}`,
  )
}
