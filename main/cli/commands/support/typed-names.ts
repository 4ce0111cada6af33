import type { Command } from 'commander'
import { isTokentrayError, reworded, TokentrayError } from '../../../base/errors.ts'
import { isName } from '../../../base/ids.ts'
import type { Context } from '../../context.ts'
import { closestWord } from './closest-word.ts'

/**
 * Replaces short names among the arguments `<account>` of a command by the accounts that they mean: "work" is
 * sftpgo/work if no other account is named work. Nothing is requested for whole names.
 */
export async function completeAccounts(command: Command, context: Context): Promise<void> {
  for (const [at, argument] of command.registeredArguments.entries()) {
    const typed: unknown = command.processedArgs[at]
    if (argument.name() !== 'account' || typeof typed !== 'string' || !isName(typed)) continue
    command.processedArgs[at] = await toWholeName(typed, context)
  }
}

async function toWholeName(name: string, context: Context): Promise<string> {
  const ids = (await context.connect().accounts()).accounts.map(({ id }) => id)
  const meant = ids.filter((id) => nameOf(id) === name)
  if (meant.length === 0) {
    throw new TokentrayError('not_found', `No such account: ${name}.`, {
      hint: 'To list accounts, run "tokentray accounts".',
    })
  }
  if (meant.length > 1) {
    throw new TokentrayError('invalid_request', `Several accounts are named ${name}.`, {
      hint: `Give one of: ${meant.join(', ')}.`,
    })
  }
  return meant[0] ?? name
}

const nameOf = (id: string) => id.slice(id.indexOf('/') + 1)

/** The error, with the name that was probably meant, if it says that there is no such account or tool. */
export async function withSuggestion(error: unknown, context: Context): Promise<unknown> {
  if (!isTokentrayError(error) || error.code !== 'not_found') return error
  const [, kind, typed = ''] = /^No such (account|tool): (\S+)\.$/.exec(error.message) ?? []
  if (kind === undefined) return error
  try {
    const meant = closestWord(typed, await namesOf(kind, typed, context))
    return meant === undefined
      ? error
      : reworded(error, { hint: `Did you mean ${meant}? ${error.hint}` })
  } catch {
    // What the command failed with matters more.
    return error
  }
}

async function namesOf(kind: string, typed: string, context: Context): Promise<string[]> {
  const api = context.connect()
  if (kind === 'tool') return (await api.clients()).clients.map(({ name }) => name)
  const ids = (await api.accounts()).accounts.map(({ id }) => id)
  return typed.includes('/') ? ids : ids.map(nameOf)
}
