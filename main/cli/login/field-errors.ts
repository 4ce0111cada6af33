import { errorTable, isTokentrayError, reworded, type TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { forCommandLine } from '../../base/text/hints.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Values } from '../api/api.ts'
import type { Context } from '../context.ts'

/**
 * The error with a hint that fits this form: it names the `--set` for the field that the error or its hint is
 * about, and mentions a one-time code only if the form has one. Other errors are returned unchanged.
 */
export function explained(error: unknown, fields: readonly FieldAnswer[]): unknown {
  if (!isTokentrayError(error)) return error
  const hint = forCommandLine(betterHint(error, fields) ?? error.hint)
  return hint === error.hint ? error : reworded(error, { hint })
}

/** Notes what was refused, and the hint if it is not the usual one. */
export function tell(error: TokentrayError, { screen }: Context): void {
  screen.note(error.message)
  if (saysMore(error)) screen.note(forCommandLine(error.hint))
}

/** True if the hint is not the usual one for this error code. */
export const saysMore = ({ code, hint }: TokentrayError) => hint !== errorTable[code].hint

/** Which of these fields a refusal is about; `undefined` if it names none of them. */
export const fieldOf = (
  { field }: TokentrayError,
  fields: readonly FieldAnswer[],
): FieldAnswer | undefined => fields.find(({ name }) => name === field)

/**
 * The address field, if its server could not be reached or was not the expected service; `undefined` if the user
 * did not enter that address.
 */
export function addressOf(
  error: TokentrayError,
  fields: readonly FieldAnswer[],
  values: Values,
): FieldAnswer | undefined {
  const { code } = error
  if (code !== 'temporarily_unavailable' && code !== 'unexpected_answer') return undefined
  const field = fieldOf(error, fields)
  const url = field?.kind === 'url' ? values[field.name] : undefined
  return url && url !== field?.default ? field : undefined
}

/** The error without the path of a file field: users type passwords there by mistake, and the label says enough. */
export function withoutPaths(
  error: TokentrayError,
  fields: readonly FieldAnswer[],
  values: Values,
): TokentrayError {
  let { message } = error
  for (const { kind, name } of fields) {
    const path = values[name]
    if (kind === 'file' && path) message = without(message, path)
  }
  return message === error.message ? error : reworded(error, { message })
}

function without(message: string, path: string): string {
  const start = message.indexOf(path)
  if (start < 0) return message
  return message.slice(0, start).trimEnd() + message.slice(start + path.length)
}

function betterHint(error: TokentrayError, fields: readonly FieldAnswer[]): string | undefined {
  const { code, hint } = error
  const isGeneral = !saysMore(error)
  if (code === 'invalid_request') {
    const field = fieldOf(error, fields)
    if (!field || isSecret(field)) return undefined
    const option = `--set ${field.name}=VALUE`
    return isGeneral ? `Set it with ${option}.` : `${hint} To enter another value, use ${option}.`
  }
  const isRefusal = code === 'wrong_credentials' || code === 'otp_required'
  if (!isRefusal || !isGeneral || fields.some(({ kind }) => kind === 'code')) return undefined
  const entered = fields.filter(({ kind, required }) => required && /^(text|secret)$/.test(kind))
  return `Check ${entered.map(({ label }) => `"${label}"`).join(' and ')}, then try again.`
}
