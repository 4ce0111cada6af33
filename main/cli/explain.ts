import { errorTable, isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { FieldAnswer } from '../loopback/wire.ts'
import { isSecret } from './form.ts'

/**
 * The error with a hint that fits this form: the name for `--set` of the field that it is about, and
 * no word of a one-time code where the form has none. Other errors stay as they are.
 */
export function explained(error: unknown, fields: readonly FieldAnswer[]): unknown {
  if (!isTokentrayError(error)) return error
  const hint = betterHint(error, fields)
  if (hint === undefined) return error
  const { code, message, account, retryAt } = error
  return new TokentrayError(code, message, {
    cause: error,
    hint,
    ...(account !== undefined && { account }),
    ...(retryAt !== undefined && { retryAt }),
  })
}

/** The field, not a secret, that a refusal names by its label; `undefined` where that is not clear. */
export function namedField(
  { message }: TokentrayError,
  fields: readonly FieldAnswer[],
): FieldAnswer | undefined {
  const candidates = fields.filter((field) => !isSecret(field))
  const quoted = candidates.find(({ label }) =>
    quotes(label).some((text) => message.includes(text)),
  )
  if (quoted) return quoted
  const text = message.toLowerCase()
  const [field, ...others] = candidates.filter(({ label }) => text.includes(label.toLowerCase()))
  return others.length === 0 ? field : undefined
}

/** An answer over HTTP has single quotation marks, as RFC 6749 5.2 bars the double ones. */
const quotes = (label: string) => [`"${label}"`, `'${label}'`]

function betterHint(error: TokentrayError, fields: readonly FieldAnswer[]): string | undefined {
  const { code, hint } = error
  const isGeneral = hint === errorTable[code].hint
  if (code === 'invalid_request') {
    const field = namedField(error, fields)
    if (!field) return undefined
    const remedy = `Give it with --set ${field.name}=VALUE.`
    return isGeneral ? remedy : `${hint} ${remedy}`
  }
  const isRefusal = code === 'wrong_credentials' || code === 'otp_required'
  if (!isRefusal || !isGeneral || fields.some(({ kind }) => kind === 'code')) return undefined
  const entered = fields.filter(({ kind, required }) => required && /^(text|secret)$/.test(kind))
  return `Check ${entered.map(({ label }) => `"${label}"`).join(' and ')}, and try again.`
}
