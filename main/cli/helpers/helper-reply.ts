import type { TokentrayError } from '../../base/errors.ts'

/** What a helper replies to the program that has called it. */
export interface HelperReply {
  /** All of standard output: the protocol, and nothing else. */
  readonly out: string
  /** One line for the user, on standard error. */
  readonly note?: string
  readonly exit: number
}

/** No reply, which means that there is nothing to give. */
export const nothing: HelperReply = { out: '', exit: 0 }

/** An error as one line. */
export function onOneLine({ message, hint }: Pick<TokentrayError, 'message' | 'hint'>): string {
  return `tokentray: ${message} ${hint}`.replace(/\s+/g, ' ').trim()
}
