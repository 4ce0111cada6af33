import { TokentrayError } from '../base/errors.ts'
import type { AccountAnswer, ProvidersAnswer } from '../loopback/wire.ts'
import type { Api } from './api.ts'
import type { Context } from './context.ts'
import { checkSettings, type Values } from './form.ts'
import { fillNewForm, type NewLogin } from './new-form.ts'
import { signIn } from './sign-in.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/**
 * Logs a new account in, with what the provider's form asks for. Secrets are asked for last, once
 * everything else has been accepted.
 */
export async function logInNew(
  login: NewLogin,
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const { fields } = await findProvider(login.provider, api)
  const form = await fillNewForm(login, fields, api, context)
  const account = await signIn(fields, context, (entered) =>
    api.addAccount({ ...form, ...entered }),
  )
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
  const { accounts } = await api.accounts()
  const known = accounts.find(({ id }) => id === account)
  if (!known) {
    throw new TokentrayError('not_found', `There is no such account: ${account}.`, {
      hint: 'See what there is with "tokentray accounts", or log in with "tokentray login PROVIDER".',
    })
  }
  const { fields } = await findProvider(known.provider, api)
  const values = checkSettings(fields, settings)
  return signIn(fields, context, (entered) => api.login(account, { values, ...entered }))
}

/** The provider of that id; `not_found` names those that there are. */
export async function findProvider(id: string, api: Api): Promise<ProviderAnswer> {
  const { providers } = await api.providers()
  const provider = providers.find((candidate) => candidate.id === id)
  if (provider) return provider
  throw new TokentrayError('not_found', `There is no provider "${id}".`, {
    hint: `There are ${providers.map((known) => known.id).join(', ')}.`,
  })
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
