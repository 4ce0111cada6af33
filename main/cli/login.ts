import path from 'node:path'
import { TokentrayError } from '../base/errors.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import type { AccountAnswer, FieldAnswer, ProvidersAnswer } from '../loopback/wire.ts'
import type { Api, Entered, LoginOutcome } from './api.ts'
import type { Context } from './context.ts'
import { fillForm, fillSecrets } from './form.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/** A login that makes an account. */
export interface NewLogin {
  readonly provider: string
  /** Left out: made from the login. */
  readonly name?: string
  /** What `--set` gave. */
  readonly settings: Readonly<Record<string, string>>
}

/** Asks for what the provider's form holds, and logs a new account in. */
export async function logInNew(
  { provider, name, settings }: NewLogin,
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const { fields } = await findProvider(provider, api)
  const form = await fillForm(fields, settings, context)
  const account = {
    provider,
    ...(name !== undefined && { name }),
    values: toAbsolute(form.values, fields),
  }
  return logIn(fields, form.secrets, context, (entered) =>
    api.addAccount({ ...account, ...entered }),
  )
}

/** Asks for the secrets of a known account, and logs it in again with its stored values. */
export async function logInAgain(
  account: string,
  api: Api,
  context: Context,
): Promise<AccountAnswer> {
  const { accounts } = await api.accounts()
  const known = accounts.find(({ id }) => id === account)
  if (!known) {
    throw new TokentrayError('not_found', `There is no account ${account}.`, {
      hint: 'See what there is with "tokentray accounts", or log in with "tokentray login PROVIDER".',
    })
  }
  const { fields } = await findProvider(known.provider, api)
  const secrets = await fillSecrets(fields, context)
  return logIn(fields, secrets, context, (entered) => api.login(account, entered))
}

async function findProvider(id: string, api: Api): Promise<ProviderAnswer> {
  const { providers } = await api.providers()
  const provider = providers.find((candidate) => candidate.id === id)
  if (provider) return provider
  throw new TokentrayError('not_found', `There is no provider "${id}".`, {
    hint: `There are ${providers.map((known) => known.id).join(', ')}.`,
  })
}

/**
 * One try, and where the service may want a one-time code one more with everything entered anew: the
 * service does not say whether it was the password or the missing code that it refused.
 */
async function logIn(
  fields: readonly FieldAnswer[],
  secrets: Secrets,
  context: Context,
  attempt: (entered: Entered) => Promise<LoginOutcome>,
): Promise<AccountAnswer> {
  const first = await attempt({ secrets })
  if (first.kind === 'done') return first.account
  const code = fields.find(({ kind }) => kind === 'code')
  if (!code) throw first.refusal
  const entered = context.prompt.interactive
    ? await askAgain(fields, code, first.refusal, context)
    : await readAgain(fields, code, first.refusal, context)
  const second = await attempt(entered)
  if (second.kind === 'done') return second.account
  throw second.refusal
}

async function askAgain(
  fields: readonly FieldAnswer[],
  code: FieldAnswer,
  refusal: TokentrayError,
  context: Context,
): Promise<Entered> {
  context.screen.note(refusal.message)
  context.screen.note('It does not say which, so enter both once more; no code if there is none.')
  const secrets = await fillSecrets(fields, context)
  return { secrets, oneTimeCode: await context.prompt.hidden(`${code.label} (empty if none): `) }
}

async function readAgain(
  fields: readonly FieldAnswer[],
  code: FieldAnswer,
  refusal: TokentrayError,
  { prompt }: Context,
): Promise<Entered> {
  const names = fields.filter(({ kind }) => kind === 'secret')
  const secrets: Record<string, Secret> = {}
  const nextLine = async () => {
    const line = await prompt.nextLine()
    if (line) return line
    const order = [...names, ...names, code].map(({ label }) => label).join(', ')
    throw new TokentrayError('otp_required', refusal.message, {
      cause: refusal,
      hint: `Send on standard input, one per line: ${order}.`,
    })
  }
  for (const { name } of names) {
    const line = await nextLine()
    if (line.reveal() !== '') secrets[name] = line
  }
  return { secrets, oneTimeCode: await nextLine() }
}

/** Files are read by the running Tokentray, whose working directory is another one. */
function toAbsolute(values: Readonly<Record<string, string>>, fields: readonly FieldAnswer[]) {
  const isFile = (name: string) =>
    fields.some((field) => field.name === name && field.kind === 'file')
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isFile(name) ? path.resolve(value) : value,
    ]),
  )
}
