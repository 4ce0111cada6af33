import { type Fault, faultOf, isMissing, isSecret } from '../../main/base/forms/form-fields.ts'
import type { Failure } from '../../preload/failure.ts'
import type { FieldView } from '../../preload/snapshot.ts'

export type Values = Readonly<Record<string, string>>

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

/** The first field that must be filled in and is not. */
export const findMissing = (
  fields: readonly FieldView[],
  read: (field: FieldView) => string,
): FieldView | undefined => fields.find((field) => isMissing(field, read(field)))

/**
 * The first field whose text cannot be what it asks for, with what to say about it; what is too long is
 * not cut, least of all a secret.
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

/** What is wrong with a text, as a refusal of the program would say it. */
export const toRefusal = (fault: Fault): Failure => ({
  code: 'invalid_request',
  hint: '',
  ...fault,
})
