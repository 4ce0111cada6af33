import { TokentrayError } from '../../../base/errors.ts'
import type { Context } from '../../context.ts'

/** Throws `invalid_request` without a terminal to ask on; `instead` names the options that answer. */
export function requireTerminal({ prompt }: Context, what: string, instead: string): void {
  if (prompt.interactive) return
  throw new TokentrayError('invalid_request', `Confirmation is needed to ${what}.`, {
    hint: `Run this in a terminal, or add ${instead}.`,
  })
}

/** Asks a yes-or-no question; rejects with `cancelled` on anything but a plain yes. */
export async function confirm(question: string, context: Context): Promise<void> {
  const answer = await context.prompt.visible(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer)) throw stopped(context)
}

/** Asks the user to type this word, which is not typed by accident; rejects with `cancelled` on any other. */
export async function confirmByTyping(word: string, context: Context): Promise<void> {
  const answer = await context.prompt.visible(`Type "${word}" to continue: `)
  if (answer !== word) throw stopped(context)
}

function stopped({ screen }: Context): TokentrayError {
  screen.note('Nothing was changed.')
  return new TokentrayError('cancelled')
}
