import { TokentrayError } from '../errors.ts'
import { isName } from '../ids.ts'
import { DISPLAY_NAME_RULE, isDisplayName, tidyDisplayName } from './account-looks.ts'

/** What a name that a user typed for a new account becomes. */
export type TypedName = { readonly name: string } | { readonly displayName: string }

/**
 * The name that a user typed for a new account: the name in its id if it can be one, otherwise its display
 * name, from which the id is made. Throws `invalid_request` with the field `name` for a text that can be neither.
 */
export function toTypedName(text: string): TypedName {
  if (isName(text)) return { name: text }
  if (isDisplayName(text)) return { displayName: tidyDisplayName(text) }
  throw new TokentrayError('invalid_request', 'That is not a valid account name.', {
    field: 'name',
    hint: DISPLAY_NAME_RULE,
  })
}
