import type { Calls } from '../../preload/contract.ts'
import { plural } from './times.ts'

/** Asked before everything is deleted; the user types the word. */
export const RESET_QUESTION = {
  title: 'Reset Tokentray?',
  text: [
    'Tokens are revoked where the service allows it. Accounts, tools, their permissions and saved passwords are deleted, and settings return to their defaults.',
    'This includes the saved passwords of every other Tokentray of yours (TOKENTRAY_HOME): they share the keychain.',
    'The activity record and the log are kept, with the names in them.',
  ],
  typed: 'reset',
  action: 'Reset',
} as const

/** The result of a reset, with the number of tokens that could not be revoked. */
export function toReset({ left }: ReturnType<Calls['reset']>): readonly string[] {
  const done = 'Tokentray was reset.'
  return left === 0
    ? [done]
    : [done, `${plural(left, 'token')} could not be revoked yet. Retrying.`]
}
