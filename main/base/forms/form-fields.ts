/**
 * The rules of a login form: which of its fields apply, and what is wrong with a value. The running
 * Tokentray, the command line and the page all ask here; the page takes nothing else of `main`, so this
 * file imports nothing and runs anywhere.
 */

/** One field of a form, as far as its rules go. */
export interface FormField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string | undefined
  readonly choices?: readonly { readonly value: string }[] | undefined
  /** It applies only where a choice further up has this value. */
  readonly when?: { readonly field: string; readonly is: string } | undefined
  readonly shape?: { readonly pattern: string; readonly means: string } | undefined
}

type Texts = Readonly<Record<string, string>>

/** What is wrong with a value, for a person; it does not repeat the value. */
export interface Fault {
  readonly message: string
  /** What to enter instead, where that is more than the sentence says. */
  readonly hint?: string
}

/** In UTF-16 code units. A key that is a JWT is the longest that any service has. */
const LONGEST_TEXT = 4_096
const LONGEST_SECRET = 8_192
const LONGEST_CODE = 64
/** RFC 1035 2.3.4, without the dot at the end. */
const LONGEST_HOST = 253

const LIKE = 'Enter it like https://files.example.com'

/** True for what is never an argument, never shown and never stored in clear. */
export const isSecret = ({ kind }: Pick<FormField, 'kind'>): boolean =>
  kind === 'secret' || kind === 'code'

/**
 * Whether a field applies where these values were given, as they stand: `null` where they do not
 * decide it, because a choice that it depends on was left empty.
 */
export function applies(
  { when }: FormField,
  fields: readonly FormField[],
  given: Texts,
): boolean | null {
  if (when === undefined) return true
  const choice = fields.find(({ name }) => name === when.field)
  const isThere = choice ? applies(choice, fields, given) : false
  const chosen = own(given, when.field)
  if (isThere === false) return false
  if (chosen === '') return null
  return chosen === when.is ? isThere : false
}

/** The fields that apply with these values, where a choice that was left empty has its default. */
export function applying<Field extends FormField>(
  fields: readonly Field[],
  values: Texts,
): readonly Field[] {
  const whole = Object.fromEntries(
    fields.map((field) => [field.name, fieldValue(field, own(values, field.name))]),
  )
  return fields.filter((field) => applies(field, fields, whole) === true)
}

/**
 * What a text that was entered stands for: the default where it is blank, and without the blanks around
 * it where the field says what it looks like. A secret is what was typed.
 */
export function fieldValue(field: FormField, text: string): string {
  if (field.kind === 'secret') return text
  const trimmed = text.trim()
  if (trimmed === '') return field.default ?? ''
  return field.kind === 'url' || field.shape ? trimmed : text
}

/** True where the field must be filled in, and this is nothing. */
export const isMissing = (field: FormField, text: string): boolean =>
  field.required && fieldValue(field, text) === ''

/** What to say of a field that is missing. */
export const missing = ({ label }: Pick<FormField, 'label'>): Fault => ({
  message: `"${label}" is missing.`,
})

/**
 * What is wrong with a text that was entered, by the field alone; `null` if nothing is, as with one that was
 * left empty. Whether a file is there, and its path absolute, is for its system to say.
 */
export function faultOf(field: FormField, text: string): Fault | null {
  const value = fieldValue(field, text)
  const { label, kind, choices } = field
  if (value === '') return null
  // Only the form says this, for every way that leads to it: who made the request knows no other name of the field.
  const long = tooLong(label, value, longestOf(field))
  if (long || isSecret(field)) return long
  if (/\p{Cc}/u.test(value)) return { message: `"${label}" contains control characters.` }
  if (choices !== undefined && !choices.some((choice) => choice.value === value)) {
    const allowed = choices.map((choice) => choice.value).join(', ')
    return { message: `"${label}" must be one of ${allowed}.` }
  }
  const fault = kind === 'url' ? faultOfAddress(value) : null
  if (fault) return { ...fault, message: `"${label}": ${fault.message}` }
  if (hasShape(field, kind === 'url' ? toAddress(value) : value)) return null
  return { message: `"${label}" must be ${field.shape?.means}.` }
}

/** What is wrong with a text that is longer than what takes it; `null` where it is not. */
export const tooLong = (label: string, text: string, longest: number): Fault | null =>
  text.length > longest ? { message: sayTooLong(label, longest) } : null

/** What is said of a text that is longer than it may be, by what it is called where it is entered. */
export const sayTooLong = (label: string, longest: number): string =>
  `"${label}" is too long (at most ${longest} characters).`

/** True for a text that looks as the field says, and for any where it says nothing. */
export const hasShape = ({ shape }: FormField, text: string): boolean =>
  shape === undefined || new RegExp(`^(?:${shape.pattern})$`, 'u').test(text)

/**
 * What keeps a text from being the address of a service: http or https, with a host, and with a path at
 * most. Security: a password in an address would be stored and shown with it.
 */
export function faultOfAddress(text: string): Fault | null {
  const fault = faultOfUrl(text)
  if (fault) return fault
  const { search, hash } = new URL(text.trim())
  if (search === '' && hash === '' && !/[?#]/.test(text)) return null
  return {
    message: 'The address must not have a query or a fragment.',
    hint: 'Leave out what begins with ? or #.',
  }
}

/** The same of what may be called, where a query may stand behind the path. */
export function faultOfUrl(text: string): Fault | null {
  const trimmed = text.trim()
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) {
    return { message: 'The address is not an http or https URL.', hint: `${LIKE}.` }
  }
  const { username, password, hostname } = new URL(trimmed)
  if (hostname.length > LONGEST_HOST) {
    return {
      message: `The host of the address is too long (at most ${LONGEST_HOST} characters).`,
      hint: 'Check what was pasted.',
    }
  }
  if (username === '' && password === '') return null
  return {
    message: 'The address must not contain a user name or password.',
    hint: `${LIKE}; name and password have fields of their own.`,
  }
}

/** A faultless address without a slash at its end, so that paths are appended. */
export function toAddress(text: string): string {
  const { origin, pathname } = new URL(text.trim())
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

function longestOf({ kind }: FormField): number {
  if (kind === 'code') return LONGEST_CODE
  return kind === 'secret' ? LONGEST_SECRET : LONGEST_TEXT
}

/** Names come from requests as well, and an object has more members than its own. */
const own = (texts: Texts, name: string): string =>
  Object.hasOwn(texts, name) ? (texts[name] ?? '') : ''
