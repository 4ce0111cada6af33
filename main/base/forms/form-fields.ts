/**
 * The rules of a login form: which fields apply, and whether a value is valid. Used by the main process, the
 * command line and the page, so it imports nothing that the page may not use.
 */

import { parseUrl } from '../text/parse-url.ts'

/** The part of a form field that the rules need. */
export interface FormField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string | undefined
  readonly choices?: readonly { readonly value: string; readonly label: string }[] | undefined
  /** The field applies only if an earlier choice has this value. */
  readonly when?: { readonly field: string; readonly is: string } | undefined
  readonly shape?: { readonly pattern: string; readonly means: string } | undefined
}

type Texts = Readonly<Record<string, string>>

/** What is wrong with a value, for the user; never repeats the value. */
export interface Fault {
  readonly message: string
  /** What to enter instead, if the message does not say it. */
  readonly hint?: string
}

/** In UTF-16 code units. The longest secrets are keys that are JWTs. */
const LONGEST_TEXT = 4_096
const LONGEST_SECRET = 8_192
const LONGEST_CODE = 64
/** RFC 1035 2.3.4, without the trailing dot. */
const LONGEST_HOST = 253

/** True for values that are never passed as an argument, shown or stored in clear. */
export const isSecret = ({ kind }: Pick<FormField, 'kind'>): boolean =>
  kind === 'secret' || kind === 'code'

/**
 * Whether a field applies with exactly these values: `null` if that is undecided because a choice that it
 * depends on is empty.
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

/** The fields that apply with these values; an empty choice counts as its default. */
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
 * The value that an entered text stands for: the default if it is blank, and trimmed if the field has a
 * shape. A secret is taken as typed.
 */
export function fieldValue(field: FormField, text: string): string {
  if (field.kind === 'secret') return text
  const trimmed = text.trim()
  if (trimmed === '') return field.default ?? ''
  return field.kind === 'url' || field.shape ? trimmed : text
}

/** True if the field is required and this text is empty. */
export const isMissing = (field: FormField, text: string): boolean =>
  field.required && fieldValue(field, text) === ''

/** The fault of a required field that is empty. */
export const missing = ({ label }: Pick<FormField, 'label'>): Fault => ({
  message: `"${label}" is required.`,
})

/**
 * What is wrong with an entered text, judged by the field alone; `null` for a valid or empty one. Does not
 * check whether a file exists or its path is absolute.
 */
export function faultOf(field: FormField, text: string): Fault | null {
  const value = fieldValue(field, text)
  const { label, kind, choices } = field
  if (value === '') return null
  // Checked only here, for the window, the command line and the API alike, so that the label is right.
  const long = tooLong(label, value, longestOf(field))
  if (long || isSecret(field)) return long
  if (/\p{Cc}/u.test(value)) return { message: `"${label}" contains control characters.` }
  if (choices !== undefined && !choices.some((choice) => choice.value === value)) {
    const allowed = choices.map((choice) => choice.label)
    const values = choices.map((choice) => choice.value)
    return {
      message: `Choose ${listed(allowed)} for "${label}".`,
      hint: `Enter ${listed(values)}.`,
    }
  }
  const fault = kind === 'url' ? faultOfAddress(value) : null
  if (fault) return fault
  if (hasShape(field, kind === 'url' ? toAddress(value) : value)) return null
  return { message: `"${label}" must be ${field.shape?.means}.` }
}

/** The fault of a text that is too long; `null` if it is not. */
export const tooLong = (label: string, text: string, longest: number): Fault | null =>
  text.length > longest ? { message: sayTooLong(label, longest) } : null

/** The message for a text that is too long; `label` is its name where it is entered. */
export const sayTooLong = (label: string, longest: number): string =>
  `"${label}" is too long (at most ${longest} characters).`

/** True for a text that matches the shape of the field, or if it has none. */
export const hasShape = ({ shape }: FormField, text: string): boolean =>
  shape === undefined || new RegExp(`^(?:${shape.pattern})$`, 'u').test(text)

/**
 * Why a text is not the address of a service (http or https, a host and at most a path); `null` if it is.
 * Security: a password in an address would be stored and shown with it.
 */
export function faultOfAddress(text: string): Fault | null {
  const fault = faultOfUrl(text)
  if (fault) return fault
  const { search, hash } = new URL(text.trim())
  if (search === '' && hash === '' && !/[?#]/.test(text)) return null
  return {
    message: 'The address must not contain a query or fragment.',
    hint: 'Remove everything from the ? or # on.',
  }
}

/** The same for a URL to call, which may have a query. */
export function faultOfUrl(text: string): Fault | null {
  const trimmed = text.trim()
  const url = /^https?:\/\//i.test(trimmed) ? parseUrl(trimmed) : null
  if (!url) return { message: 'Enter a web address, such as https://files.example.com.' }
  const { username, password, hostname } = url
  if (hostname.length > LONGEST_HOST) {
    return {
      message: `The host name is too long (at most ${LONGEST_HOST} characters).`,
      hint: 'Check what you pasted.',
    }
  }
  if (username === '' && password === '') return null
  return {
    message: 'The address must not contain a user name or password.',
    hint: 'Enter the user name and password in their own fields.',
  }
}

/** A valid address without a trailing slash, so that paths can be appended. */
export function toAddress(text: string): string {
  const { origin, pathname } = new URL(text.trim())
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

function longestOf({ kind }: FormField): number {
  if (kind === 'code') return LONGEST_CODE
  return kind === 'secret' ? LONGEST_SECRET : LONGEST_TEXT
}

/** The items as a sentence lists them: `a, b or c`. */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} or ${last}`
}

/** Names may come from requests, and an object inherits members. */
const own = (texts: Texts, name: string): string =>
  Object.hasOwn(texts, name) ? (texts[name] ?? '') : ''
