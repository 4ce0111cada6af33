import { type Fault, faultOf, isMissing, isSecret } from '../../main/base/forms/form-fields.ts'
import type { Failure } from '../../preload/failure.ts'
import type { FieldView } from '../../preload/snapshot.ts'

export type Values = Readonly<Record<string, string>>

/** True for fields that most users leave unchanged: they go under "More options". */
export function isSecondary(field: FieldView, fields: readonly FieldView[]): boolean {
  const decides = fields.some(({ when }) => when?.field === field.name)
  return !field.required && field.kind !== 'code' && !field.when && !decides
}

/** The initial values: what is known already, otherwise the defaults of the form. */
export function startValues(fields: readonly FieldView[], known: Values): Values {
  const defaults = fields.flatMap((field) =>
    field.default === undefined ? [] : [[field.name, field.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...known }
}

/** What begins with a host name with a dot, or `localhost`, instead of a scheme or a user name. */
const HOST_FIRST = /^(?:localhost|[^\s/?#@:[\]]+\.[^\s/?#@:[\]]+)(?::\d+)?(?:[/?#]|$)/i

/** The address, with `https://` before a host name; any other text as it is. */
export function assumeHttps(text: string): string {
  const address = text.trim()
  return HOST_FIRST.test(address) ? `https://${address}` : text
}

/** The values, with complete addresses. */
export const withSchemes = (fields: readonly FieldView[], values: Values): Values => ({
  ...values,
  ...Object.fromEntries(
    fields.flatMap(({ kind, name }) => {
      const value = values[name]
      return kind === 'url' && value !== undefined ? [[name, assumeHttps(value)] as const] : []
    }),
  ),
})

/**
 * The values to send: fields that were filled in, and stored ones that were emptied.
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

/** The field whose value was refused; undefined if the failure names none of these. */
export const namedField = (
  { code, field }: Failure,
  fields: readonly FieldView[],
): FieldView | undefined =>
  code === 'invalid_request' ? fields.find(({ name }) => name === field) : undefined

/** The first required field that is empty. */
export const findMissing = (
  fields: readonly FieldView[],
  read: (field: FieldView) => string,
): FieldView | undefined => fields.find((field) => isMissing(field, read(field)))

/**
 * The first field with an invalid text, with the error to show. A text that is too long is refused
 * rather than cut, because a cut secret would be a wrong one.
 */
export function findWrong(
  fields: readonly FieldView[],
  read: (field: FieldView) => string,
): { readonly field: FieldView; readonly failure: Failure } | undefined {
  for (const field of fields) {
    const fault = faultOf(field, read(field))
    if (fault) return { field, failure: toRefusal(fault) }
  }
  return undefined
}

/** The fault of a text, in the form of a failure from the main process. */
export const toRefusal = (fault: Fault): Failure => ({
  code: 'invalid_request',
  hint: '',
  ...fault,
})
