import { DISPLAY_NAME_RULE, isDisplayName } from '../../main/base/text/account-looks.ts'
import type { Failure } from '../../preload/failure.ts'

/** True for a valid account name: the part of the id after the slash. */
export const isName = (text: string): boolean => /^(?!\.{1,2}$)[a-z0-9._-]{1,64}$/.test(text)

/** The error for an invalid account name. */
export const NAME_RULE: Failure = {
  code: 'invalid_request',
  message: 'That is not a valid account name.',
  hint: 'Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.',
}

/** True for what a user may type as the name of a new account: a name, or a display name. */
export const isTypedName = (text: string): boolean => isName(text) || isDisplayName(text)

/** The error for an invalid display name. */
export const NOT_A_DISPLAY_NAME: Failure = {
  code: 'invalid_request',
  message: 'That is not a valid account name.',
  hint: DISPLAY_NAME_RULE,
}

/** Who holds a token: the tool's name, or `you` for the window, the menu and the command line. */
export const holder = (client: string): string =>
  client === 'cli' || client === 'tray' ? 'you' : client

/** The holder as a title: `You`, or the tool's name as it is. */
export const titleOf = (name: string): string => (name === 'you' ? 'You' : name)

/** A token by its holder, within a sentence: `the token of backup for sftpgo/home`. */
export function tokenOf(client: string, account: string): string {
  const name = holder(client)
  return name === 'you' ? `your token for ${account}` : `the token of ${name} for ${account}`
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** The order of names: without regard to capitals, and with `a2` before `a10`. */
export const compareNames = (one: string, other: string): number => collator.compare(one, other)
