import { isName } from '../base/ids.ts'

/** A name from the first word of a label; with a number behind it where that is taken. */
export function freeName(
  provider: string,
  label: string,
  isTaken: (id: string) => boolean,
): string {
  const word = label.split(' ')[0]?.split('@')[0]?.toLowerCase() ?? ''
  const made = word.replace(/[^a-z0-9._-]+/g, '-').slice(0, 60)
  const base = isName(made) ? made : 'account'
  let name = base
  for (let number = 2; isTaken(`${provider}/${name}`); number += 1) name = `${base}-${number}`
  return name
}
