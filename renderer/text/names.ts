import type { Failure } from '../../preload/contract.ts'

/** True for what may stand behind the slash of an account id. */
export const isName = (text: string): boolean => /^(?!\.{1,2}$)[a-z0-9._-]{1,64}$/.test(text)

/** What is said of a name that cannot be one. */
export const NAME_RULE: Failure = {
  code: 'invalid_request',
  message: 'That cannot be the name of an account.',
  hint: 'Names are 1 to 64 of a-z, 0-9, dot, underscore and hyphen.',
}
