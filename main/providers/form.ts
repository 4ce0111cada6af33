import path from 'node:path'
import { TokentrayError } from '../base/errors.ts'
import { fieldError } from '../base/forms/field-error.ts'
import {
  applies,
  applying,
  faultOf,
  fieldValue,
  isMissing,
  isSecret,
  missing,
  toAddress,
} from '../base/forms/form-fields.ts'
import { Secret, type Secrets } from '../base/secret.ts'
import type { Field, FormValues, Provider } from './provider.ts'

/** A form that is ready for `login`: no unknown field, required ones present, defaults filled in. */
export interface CheckedForm {
  readonly values: FormValues
  readonly secrets: Secrets
}

/**
 * Checks what the user entered against the fields of the provider, without calling the service. Throws
 * `invalid_request` for the field that is wrong; the message never repeats the value. One-time codes are not
 * checked here.
 */
export function checkForm(
  provider: Pick<Provider, 'fields' | 'title'>,
  values: Readonly<Record<string, string>>,
  secrets: Secrets,
): CheckedForm {
  const { fields, title } = provider
  const checked = checkValues(provider, values)
  const asked = applying(fields, checked).filter(({ kind }) => kind === 'secret')
  refuseUnknown(title, Object.keys(secrets), asked)
  refuseSecretsInPlainFields(fields, checked, Object.values(secrets))
  return {
    values: checked,
    secrets: Object.fromEntries(
      asked.flatMap((field) => {
        const secret = own(secrets, field.name) ?? new Secret('')
        const text = secret.reveal()
        const fault = isMissing(field, text) ? missing(field) : faultOf(field, text)
        if (fault) throw fieldError(field, fault)
        return text === '' ? [] : [[field.name, secret]]
      }),
    ),
  }
}

/**
 * Throws `invalid_request` if this text is one of the secrets: a password typed into the wrong field would be
 * stored and shown. The message does not repeat the text.
 */
export function requireNoSecret(
  field: Pick<Field, 'name' | 'label'>,
  text: string,
  secrets: readonly Secret[],
): void {
  // A relative file path was made absolute, so the secret may be its last part.
  const isOne = (secret: string) => text.trim() === secret || text.endsWith(`/${secret}`)
  const typed = secrets.map((secret) => secret.reveal().trim()).filter((secret) => secret !== '')
  if (!typed.some(isOne)) return
  throw fieldError(field, {
    message: `"${field.label}" looks like your password or key.`,
    hint: 'It was not stored or sent. Enter the value that belongs in that field.',
  })
}

/** How far a form has been filled in. */
export interface Extent {
  /** Missing values are still to come: they are allowed, and get no default. */
  readonly isUnfinished?: boolean
}

/** The part of `checkForm` that needs no secret. */
export function checkValues(
  { fields, title }: Pick<Provider, 'fields' | 'title'>,
  values: Readonly<Record<string, string>>,
  { isUnfinished = false }: Extent = {},
): FormValues {
  const checked: Record<string, string> = {}
  const mayApply = isUnfinished
    ? fields.filter((field) => applies(field, fields, values) !== false)
    : applying(fields, values)
  const asked = mayApply.filter((field) => !isSecret(field))
  for (const field of asked) {
    const entered = own(values, field.name) ?? ''
    if (isUnfinished && entered === '') continue
    const value = checkValue(field, entered)
    if (value !== '') checked[field.name] = value
  }
  refuseUnknown(title, Object.keys(values), asked)
  return checked
}

/**
 * The stored values of an account with the user's changes. Stored values that no longer apply, because a
 * choice has changed, are dropped.
 */
export function changeValues(
  { fields }: Pick<Provider, 'fields'>,
  stored: FormValues,
  changed: FormValues,
): FormValues {
  const merged: Record<string, string> = { ...stored, ...changed }
  const asked = applying(fields, merged)
  for (const field of fields) {
    const isStored = own(changed, field.name) === undefined
    if (isStored && !asked.includes(field)) delete merged[field.name]
  }
  return merged
}

function refuseSecretsInPlainFields(
  fields: readonly Field[],
  values: FormValues,
  secrets: readonly Secret[],
): void {
  for (const field of fields) {
    const value = own(values, field.name)
    // Choices and defaults are ours.
    if (value === undefined || field.kind === 'choice' || value === field.default) continue
    requireNoSecret(field, value, secrets)
  }
}

function refuseUnknown(title: string, names: readonly string[], fields: readonly Field[]): void {
  const unknown = names.find((name) => !fields.some((field) => field.name === name))
  if (unknown === undefined) return
  throw new TokentrayError(
    'invalid_request',
    `${title} has no field ${JSON.stringify(unknown.slice(0, 64))} here.`,
    { hint: `Its fields here are ${fields.map(({ name }) => name).join(', ')}.` },
  )
}

/** The value to store. */
function checkValue(field: Field, entered: string): string {
  if (isMissing(field, entered)) throw fieldError(field, missing(field))
  const fault = faultOf(field, entered)
  if (fault) throw fieldError(field, fault)
  const value = fieldValue(field, entered)
  if (value === '') return ''
  if (field.kind === 'file' && !path.isAbsolute(value)) {
    throw fieldError(field, { message: `"${field.label}" must be an absolute path.` })
  }
  return field.kind === 'url' ? toAddress(value) : value
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
