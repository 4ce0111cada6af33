const MASK = '***'
const LONGEST = 512

/** `--user` of many programs takes a password after a colon. */
const SENSITIVE = /pass|pwd|token|secret|key|auth|cred|cookie|session|otp|pin\b|user(?!name)/i
/** A long option or a variable, up to the separator before its value. */
const NAMED_VALUE = /^([^\s=:]+)[=:]/
/** Short options that take a password, cookie or `user:password`, perhaps attached. */
const SHORT = /^-[abpPuUw]/
/** `user:password@host` outside of URLs, and its variants. */
const USER_INFO = /[:/%][^\s@]*@/
const URL_ARGUMENT = /^(?:--?[\w-]+=)?[a-z][a-z0-9+.-]*:\/\/\S*$/i
/** JWTs, UUIDs, and long runs of token characters, which count if they contain a digit. */
const TOKEN_LIKE = /eyJ[\w.-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{32,}/gi

/**
 * A command line that is safe to show to the service: one line for a header, at most 512 characters. Masks
 * values that look like a password, token, secret or key, and the user info and query of URLs; when in
 * doubt, it masks.
 */
export function redactCommandLine(commandLine: readonly string[]): string {
  const shown = commandLine.map((argument, index) => {
    const previous = commandLine[index - 1]
    return previous !== undefined && announcesSecret(previous) ? MASK : redact(argument)
  })
  return toHeaderValue(shown.join(' '))
}

/** True for an option whose value is the next argument. */
function announcesSecret(argument: string): boolean {
  if (SHORT.test(argument) && argument.length === 2) return true
  return /^-/.test(argument) && !/[=:\s]/.test(argument) && SENSITIVE.test(argument)
}

function redact(argument: string): string {
  const name = NAMED_VALUE.exec(argument)?.[1]
  if (name !== undefined && SENSITIVE.test(name))
    return `${argument.slice(0, name.length + 1)}${MASK}`
  if (URL_ARGUMENT.test(argument)) return redactUrl(argument)
  // A form, an object or a whole command in one argument, as for `sh -c`, is not parsed.
  if (/[\s=:]/.test(argument) && (SENSITIVE.test(argument) || argument.includes('://'))) return MASK
  if (USER_INFO.test(argument)) return MASK
  if (SHORT.test(argument) && argument.length > 2) return `${argument.slice(0, 2)}${MASK}`
  return maskTokens(argument)
}

function redactUrl(argument: string): string {
  return maskTokens(argument.replace(/:\/\/[^/?#]*@/, `://${MASK}@`).replace(/[?#].*$/, `?${MASK}`))
}

function maskTokens(text: string): string {
  return text.replace(TOKEN_LIKE, (run) => (/^eyJ|\d/.test(run) ? MASK : run))
}

/** Replaces control characters by spaces, and characters outside Latin-1 by question marks. */
function toHeaderValue(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[^\x20-\xff]/gu, '?')
    .trim()
    .slice(0, LONGEST)
    .trim()
}
