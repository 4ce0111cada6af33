import path from 'node:path'
import { tooLong } from '../base/answer-length.ts'
import { TokentrayError } from '../base/errors.ts'
import { Secret, type Secrets } from '../base/secret.ts'
import { parseBaseUrl } from './http/base-url.ts'
import type { Field, FormValues, Provider } from './provider.ts'

/** A form that may go to `login`: every field known, required ones present, defaults filled in. */
export interface CheckedForm {
  readonly values: FormValues
  readonly secrets: Secrets
}

/**
 * Holds what a person entered against the fields of the provider; what does not fit is
 * `invalid_request` about the field, and names it by its label. A one-time code is no part of it. Nothing is
 * asked of the service, and a refused value is not repeated.
 */
export function checkForm(
  provider: Pick<Provider, 'fields' | 'title'>,
  values: Readonly<Record<string, string>>,
  secrets: Secrets,
): CheckedForm {
  const { fields, title } = provider
  const checked = checkValues(provider, values)
  const asked = fields.filter((field) => field.kind === 'secret' && applies(field, checked))
  refuseUnknown(title, Object.keys(secrets), asked)
  refuseSecretsInTheOpen(fields, checked, Object.values(secrets))
  return {
    values: checked,
    secrets: Object.fromEntries(
      asked.flatMap((field) => {
        const secret = own(secrets, field.name) ?? new Secret('')
        const fault = tooLong(field, secret.reveal())
        if (fault) throw fault
        if (secret.reveal() !== '') return [[field.name, secret]]
        if (field.required) throw refused(field, `"${field.label}" is missing.`)
        return []
      }),
    ),
  }
}

/**
 * Throws `invalid_request` where this text is one of the secrets: people type a password into the wrong
 * field, where it would be stored and shown. The text is not repeated.
 */
export function requireNoSecret(
  field: Pick<Field, 'name' | 'label'>,
  text: string,
  secrets: readonly Secret[],
): void {
  // The path of a file is made from what was typed and a folder.
  const isOne = (secret: string) => text.trim() === secret || text.endsWith(`/${secret}`)
  const typed = secrets.map((secret) => secret.reveal().trim()).filter((secret) => secret !== '')
  if (!typed.some(isOne)) return
  throw refused(
    field,
    `"${field.label}" looks like your password or key.`,
    'It was neither stored nor sent. Enter what belongs in that field.',
  )
}

/** How far a form has been filled in. */
export interface Extent {
  /** What is missing is still to come: it is no fault, and takes no default. */
  readonly isUnfinished?: boolean
}

/** The part of `checkForm` that needs no secret. */
export function checkValues(
  { fields, title }: Pick<Provider, 'fields' | 'title'>,
  values: Readonly<Record<string, string>>,
  { isUnfinished = false }: Extent = {},
): FormValues {
  const checked: Record<string, string> = {}
  const asked: Field[] = []
  const mayApply = (field: Field) =>
    applies(field, checked) || (isUnfinished && !isDecided(field, checked))
  for (const field of fields) {
    if (field.kind === 'secret' || field.kind === 'code' || !mayApply(field)) continue
    asked.push(field)
    const entered = own(values, field.name) ?? ''
    if (isUnfinished && entered === '') continue
    const value = checkValue(field, entered)
    if (value !== '') checked[field.name] = value
  }
  refuseUnknown(title, Object.keys(values), asked)
  return checked
}

/**
 * The stored values of an account with those that a person changes: what is stored and no longer
 * asked for, because a choice has changed, is left out.
 */
export function changeValues(
  { fields }: Pick<Provider, 'fields'>,
  stored: FormValues,
  changed: FormValues,
): FormValues {
  const merged: Record<string, string> = { ...stored, ...changed }
  for (const field of fields) {
    const isStored = own(changed, field.name) === undefined
    if (isStored && !applies(field, withDefaults(fields, merged))) delete merged[field.name]
  }
  return merged
}

/** False for a field that depends on a choice with another value. */
function applies({ when }: Field, values: FormValues): boolean {
  return when === undefined || own(values, when.field) === when.is
}

/** True if the choice that the field depends on has a value. */
function isDecided({ when }: Field, values: FormValues): boolean {
  return when === undefined || own(values, when.field) !== undefined
}

function withDefaults(fields: readonly Field[], values: FormValues): FormValues {
  const defaults = fields.flatMap((field) =>
    field.default === undefined ? [] : [[field.name, field.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...values }
}

function refuseSecretsInTheOpen(
  fields: readonly Field[],
  values: FormValues,
  secrets: readonly Secret[],
): void {
  for (const field of fields) {
    const value = own(values, field.name)
    // A choice is one of ours, and so is a default.
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

function checkValue(field: Field, entered: string): string {
  const text = field.kind === 'url' || field.shape ? entered.trim() : entered
  const value = text === '' ? (field.default ?? '') : text
  if (value === '') {
    if (field.required) throw refused(field, `"${field.label}" is missing.`)
    return ''
  }
  const fault = tooLong(field, value)
  if (fault) throw fault
  if (/\p{Cc}/u.test(value)) throw refused(field, `"${field.label}" contains control characters.`)
  switch (field.kind) {
    case 'url':
      return checkUrl(field, value)
    case 'file':
      if (!path.isAbsolute(value))
        throw refused(field, `"${field.label}" must be an absolute path.`)
      return value
    case 'choice':
      return checkChoice(field, value)
    default:
      requireShape(field, value)
      return value
  }
}

function checkUrl(field: Field, value: string): string {
  const href = toHref(field, value)
  requireShape(field, href)
  return href
}

function toHref(field: Field, value: string): string {
  try {
    return parseBaseUrl(value).href
  } catch (cause) {
    if (!(cause instanceof TokentrayError)) throw cause
    throw refused(field, `"${field.label}": ${cause.message}`, cause.hint)
  }
}

function requireShape(field: Field, value: string): void {
  const { label, shape } = field
  if (!shape || new RegExp(`^(?:${shape.pattern})$`, 'u').test(value)) return
  throw refused(field, `"${label}" must be ${shape.means}.`)
}

function checkChoice(field: Field, value: string): string {
  const { label, choices = [] } = field
  if (choices.some((choice) => choice.value === value)) return value
  const allowed = choices.map((choice) => choice.value).join(', ')
  throw refused(field, `"${label}" must be one of ${allowed}.`)
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function refused({ name }: Pick<Field, 'name'>, message: string, hint?: string): TokentrayError {
  const details = { field: name, ...(hint !== undefined && { hint }) }
  return new TokentrayError('invalid_request', message, details)
}
