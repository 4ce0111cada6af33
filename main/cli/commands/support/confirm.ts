import { TokentrayError } from '../../../base/errors.ts'
import type { Context } from '../../context.ts'

/** Rejects with `invalid_request` where there is nobody to ask; `instead` are the options that answer. */
export function requirePerson({ prompt }: Context, what: string, instead: string): void {
  if (prompt.interactive) return
  throw new TokentrayError('invalid_request', `Confirmation is needed to ${what}.`, {
    hint: `Run it on a terminal, or with ${instead}.`,
  })
}

/** Asks a question that only a plain yes answers with yes; rejects with `cancelled` on anything else. */
export async function confirm(question: string, context: Context): Promise<void> {
  const answer = await context.prompt.visible(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer)) throw stopped(context)
}

/**
 * Has the person type a word that they would not type by accident; rejects with `cancelled` for any
 * other.
 */
export async function confirmByTyping(word: string, context: Context): Promise<void> {
  const answer = await context.prompt.visible(`Type "${word}" to go on: `)
  if (answer !== word) throw stopped(context)
}

function stopped({ screen }: Context): TokentrayError {
  screen.note('Nothing was done.')
  return new TokentrayError('cancelled')
}
