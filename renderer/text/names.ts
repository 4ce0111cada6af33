import type { Failure } from '../../preload/failure.ts'

/** True for what may stand behind the slash of an account id. */
export const isName = (text: string): boolean => /^(?!\.{1,2}$)[a-z0-9._-]{1,64}$/.test(text)

/** What is said of a name that cannot be one. */
export const NAME_RULE: Failure = {
  code: 'invalid_request',
  message: 'That cannot be the name of an account.',
  hint: 'Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.',
}

/** Who holds a token: a tool by its name, and the person as that, whichever way they came. */
export const holder = (client: string): string =>
  client === 'cli' || client === 'tray' ? 'you' : client

/** A token by whose it is, within a sentence: `the token of backup for sftpgo/home`. */
export function tokenOf(client: string, account: string): string {
  const name = holder(client)
  return name === 'you' ? `your token for ${account}` : `the token of ${name} for ${account}`
}
