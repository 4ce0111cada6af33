import { TokentrayError } from '../../base/errors.ts'
import type { AccountAnswer, Operation } from '../../loopback/schemas/wire.ts'

const INABILITY = {
  revoke_token: 'cannot end a token that is named by its id',
  revoke_all: 'cannot end all tokens of an account at once',
} as const satisfies Partial<Record<Operation, string>>

/** Throws `not_supported` if the account's service cannot do what a person would be asked about. */
export function requireOperation(
  { id, operations }: AccountAnswer,
  operation: keyof typeof INABILITY,
): void {
  if (operations.includes(operation)) return
  throw new TokentrayError('not_supported', `The service of ${id} ${INABILITY[operation]}.`, {
    hint: `"tokentray accounts show ${id}" says what can be done.`,
  })
}
