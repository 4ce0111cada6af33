import { isName } from '../../base/ids.ts'

/** What a name can be made from: what the user calls the account, and the label of its login. */
interface NameSources {
  readonly displayName?: string | undefined
  readonly label: string
}

/**
 * A name for a new account, with a number if that is taken: from the display name if that is in Latin script,
 * otherwise from the first word of the label, its user name. Names are ASCII, because they are used in URLs,
 * headers, shells and files, and must not look alike: accents are removed, and words in other scripts are not
 * used, because there is no one way to write them in Latin letters.
 */
export function uniqueName(
  provider: string,
  { displayName = '', label }: NameSources,
  isTaken: (id: string) => boolean,
): string {
  const user = label.split(' ')[0]?.split('@')[0] ?? ''
  const base = fromDisplayName(displayName) ?? fromUser(user) ?? 'account'
  let name = base
  for (let number = 2; isTaken(`${provider}/${name}`); number += 1) name = `${base}-${number}`
  return name
}

/** `null` if no Latin word is left: a number alone says nothing. */
function fromDisplayName(text: string): string | null {
  const made = toAscii(text).replace(/^[-.]+|[-.]+$/g, '')
  return isName(made) && /[a-z]/.test(made) ? made : null
}

/** `null` if no letter and no digit is left. */
function fromUser(user: string): string | null {
  const made = toAscii(user)
  return isName(made) && /[a-z0-9]/.test(made) ? made : null
}

/** Latin letters that are not a letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i' },
}

/** In lower case, with a hyphen for what cannot be in a name, and room for a number. */
function toAscii(text: string): string {
  const plain = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
  const latin = plain.replace(/[^\p{ASCII}]/gu, (letter) => LETTERS[letter] ?? letter)
  return latin.replace(/[^a-z0-9._-]+/g, '-').slice(0, 60)
}
