import { isTokentrayError, reworded, TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import { type Operation, operationRows } from '../base/operations.ts'
import type { AccountAnswer, ProvidersAnswer } from '../loopback/schemas/wire.ts'
import type { Api } from './api/api.ts'

type ProviderAnswer = ProvidersAnswer['providers'][number]

/** The account with this ID; throws `not_found` with a hint. */
export async function findAccount(id: string, api: Api): Promise<AccountAnswer> {
  parseAccountId(id)
  const { accounts } = await api.accounts()
  const account = accounts.find((candidate) => candidate.id === id)
  if (account) return account
  throw new TokentrayError('not_found', `No such account: ${id}.`, {
    hint: 'To list accounts, run "tokentray accounts". To add one, run "tokentray login PROVIDER".',
  })
}

/** The provider with this ID; throws `not_found`, which lists all providers. */
export async function findProvider(id: string, api: Api): Promise<ProviderAnswer> {
  const { providers } = await api.providers()
  const provider = providers.find((candidate) => candidate.id === id)
  if (provider) return provider
  throw new TokentrayError('not_found', `No such provider: ${id}.`, {
    hint: `Available providers: ${providers.map((known) => known.id).join(', ')}.`,
  })
}

/** The names that a command was given. */
export interface Names {
  readonly account?: string | undefined
  readonly client?: string | undefined
  readonly lease?: string | undefined
}

/** What the user calls each, what the endpoint's messages call it, and the command that lists them. */
const KINDS = {
  account: { name: 'account', called: /\baccount\b/, list: 'accounts' },
  client: { name: 'tool', called: /\b(client|tool)\b/, list: 'tools' },
  lease: { name: 'active token', called: /\b(lease|token)\b/, list: 'active' },
} as const

/**
 * The result of the work. A `not_found` that does not say which name was not found is reworded to do so, and
 * ACCOUNT in a hint is replaced by the account.
 */
export async function nameNotFound<Result>(names: Names, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    if (error.code !== 'not_found') throw filledIn(error, names)
    const kinds = (['account', 'client', 'lease'] as const).filter((kind) => names[kind])
    // Of several names, the endpoint's message says which kind was not found.
    const kind = kinds.find((each) => KINDS[each].called.test(error.message))
    if (kind === undefined || error.message.includes(names[kind] ?? '')) throw error
    throw new TokentrayError('not_found', `No such ${KINDS[kind].name}: ${names[kind]}.`, {
      cause: error,
      hint: `To list ${KINDS[kind].name}s, run "tokentray ${KINDS[kind].list}".`,
    })
  }
}

function filledIn(error: TokentrayError, { account }: Names): TokentrayError {
  const placeholder = /\bACCOUNT\b/g
  return account !== undefined && placeholder.test(error.hint)
    ? reworded(error, { hint: error.hint.replace(placeholder, () => account) })
    : error
}

/** Throws `not_supported` if the service lacks the operation, before the user is asked to confirm it. */
export function requireOperation({ id, operations }: AccountAnswer, operation: Operation): void {
  if (operations.includes(operation)) return
  const { inability } = operationRows[operation]
  throw new TokentrayError('not_supported', `The service of ${id} ${inability}.`, {
    hint: `To see what it can do, run "tokentray accounts show ${id}".`,
  })
}
