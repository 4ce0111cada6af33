import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { AccountAnswer, ProvidersAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'

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
