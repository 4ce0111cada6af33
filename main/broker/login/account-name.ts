import { isName } from '../../base/ids.ts'

/**
 * A name from the first word of a label, with a number if that is taken. Names are ASCII, because they are
 * used in URLs, headers, shells and files, and must not look alike: accents are removed, and words in other
 * scripts are not used.
 */
export function uniqueName(
  provider: string,
  label: string,
  isTaken: (id: string) => boolean,
): string {
  const word = label.split(' ')[0]?.split('@')[0]?.toLowerCase() ?? ''
  const plain = word.normalize('NFKD').replace(/\p{M}/gu, '')
  const made = plain.replace(/[^a-z0-9._-]+/g, '-').slice(0, 60)
  const base = isName(made) && /[a-z0-9]/.test(made) ? made : 'account'
  let name = base
  for (let number = 2; isTaken(`${provider}/${name}`); number += 1) name = `${base}-${number}`
  return name
}
