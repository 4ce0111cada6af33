import { isTokentrayError, reworded, TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import type { AccountAnswer, ProvidersAnswer } from '../loopback/schemas/wire.ts'
import type { Api } from './api/api.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/** The account of that id; `not_found` says where to look. */
export async function findAccount(id: string, api: Api): Promise<AccountAnswer> {
  parseAccountId(id)
  const { accounts } = await api.accounts()
  const account = accounts.find((candidate) => candidate.id === id)
  if (account) return account
  throw new TokentrayError('not_found', `There is no such account: ${id}.`, {
    hint: 'See what there is with "tokentray accounts", or log in with "tokentray login PROVIDER".',
  })
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

/** What a command was given, by what it is. */
export interface Names {
  readonly account?: string | undefined
  readonly client?: string | undefined
  readonly lease?: string | undefined
}

const LISTS = { account: 'accounts', client: 'clients', lease: 'active' } as const

/**
 * The result of the work; a `not_found` of it repeats the name of what there is not, unless it does so
 * itself, and a hint with a command line names the account.
 */
export async function nameNotFound<Result>(names: Names, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    if (error.code !== 'not_found') throw filledIn(error, names)
    const kinds = (['account', 'client', 'lease'] as const).filter((kind) => names[kind])
    // Of several, the sentence says which: it is one of ours, and this only chooses what to add.
    const kind = kinds.find((known) => error.message.includes(` ${known}`))
    if (kind === undefined || error.message.includes(names[kind] ?? '')) throw error
    throw new TokentrayError('not_found', `There is no such ${kind}: ${names[kind]}.`, {
      cause: error,
      hint: `See what there is with "tokentray ${LISTS[kind]}".`,
    })
  }
}

function filledIn(error: TokentrayError, { account }: Names): TokentrayError {
  const placeholder = /\bACCOUNT\b/g
  return account !== undefined && placeholder.test(error.hint)
    ? reworded(error, { hint: error.hint.replace(placeholder, () => account) })
    : error
}
