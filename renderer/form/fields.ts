import type { Failure } from '../../preload/failure.ts'
import type { FieldView } from '../../preload/snapshot.ts'

export type Values = Readonly<Record<string, string>>

/** True for what goes into the keychain or is spent at once, and is never kept in the page. */
export const isSecret = ({ kind }: FieldView): boolean => kind === 'secret' || kind === 'code'

/** The fields that are asked for with these values: a choice that rules a field out hides it. */
export function applying(fields: readonly FieldView[], values: Values): readonly FieldView[] {
  const held: Record<string, string> = {}
  return fields.filter((field) => {
    const { name, when } = field
    if (when !== undefined && held[when.field] !== when.is) return false
    held[name] = values[name] || field.default || ''
    return true
  })
}

/** The fields that most people leave as they are: the others stand in front of them. */
export function isSecondary(field: FieldView, fields: readonly FieldView[]): boolean {
  const decides = fields.some(({ when }) => when?.field === field.name)
  return !field.required && field.kind !== 'code' && !field.when && !decides
}

/** The defaults of the form under what is known already. */
export function startValues(fields: readonly FieldView[], known: Values): Values {
  const defaults = fields.flatMap((field) =>
    field.default === undefined ? [] : [[field.name, field.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...known }
}

/**
 * What is sent of the fields that apply: what was filled in, and what was stored and is now empty.
 */
export function toSent(fields: readonly FieldView[], values: Values, stored: Values): Values {
  return Object.fromEntries(
    fields.flatMap((field) => {
      if (isSecret(field)) return []
      const value = values[field.name] ?? ''
      return value !== '' || stored[field.name] ? [[field.name, value] as const] : []
    }),
  )
}

/** The field whose value was refused; undefined where that is none of these, or it is not said. */
export const namedField = (
  { code, field }: Failure,
  fields: readonly FieldView[],
): FieldView | undefined =>
  code === 'invalid_request' ? fields.find(({ name }) => name === field) : undefined

/** A field that cannot be sent as it is, and what to say there. */
interface Wrong {
  readonly field: FieldView
  readonly failure: Failure
}

/** The first field that must be filled in and is not, with what to say about it. */
export function findMissing(
  fields: readonly FieldView[],
  read: (field: FieldView) => string,
): FieldView | undefined {
  return fields.find((field) => field.required && read(field).trim() === '')
}

/** What is wrong with a text that is longer than what takes it; `null` where it is not. */
export function tooLong(label: string, text: string, longest: number): Failure | null {
  if (text.length <= longest) return null
  return { ...REFUSED, message: `"${label}" is too long (at most ${longest} characters).` }
}

/** The first field whose text is too long; what is typed is not cut, least of all a secret. */
export function findTooLong(
  fields: readonly FieldView[],
  read: (field: FieldView) => string,
): Wrong | undefined {
  for (const field of fields) {
    const failure = tooLong(field.label, read(field), field.longest)
    if (failure) return { field, failure }
  }
  return undefined
}

/** The first field whose text cannot be what it asks for, with what to say about it. */
export function findWrong(fields: readonly FieldView[], values: Values): Wrong | undefined {
  for (const field of fields) {
    const text = (values[field.name] ?? '').trim()
    if (text === '' || isSecret(field)) continue
    const { label, kind, shape } = field
    if (kind === 'url' && !isAddress(text)) {
      const message = `"${label}": The address is not an http or https URL.`
      return { field, failure: { ...REFUSED, message, hint: 'Write it as https://host.example.' } }
    }
    // The shape of an address is that of the whole one, which only the main process makes.
    if (kind === 'text' && shape && !new RegExp(`^(?:${shape.pattern})$`, 'u').test(text)) {
      return { field, failure: { ...REFUSED, message: `"${label}" must be ${shape.means}.` } }
    }
  }
  return undefined
}

const REFUSED = { code: 'invalid_request', hint: '' }

/** What else an address must be only the main process judges. */
const isAddress = (text: string) => /^https?:\/\//i.test(text)
