import { TokentrayError } from '../../../base/errors.ts'
import type { TokenAnswer } from '../../../loopback/schemas/wire.ts'
import { printableJson } from '../../terminal/print.ts'

/** The values of `--format`. */
export const tokenFormats = ['plain', 'json', 'header', 'env', 'netrc'] as const

/** How `token` prints a token. */
export type TokenFormat = (typeof tokenFormats)[number]

/** The time as RFC 3339 has it, in UTC, without fractions of a second. */
const toRfc3339 = (epochSeconds: number) =>
  new Date(epochSeconds * 1000).toISOString().replace(/\.000Z$/, 'Z')

/** When the token expires; rounded down, so that it is never later than that. */
function expiryOf({ expires_in }: TokenAnswer, now: number): string {
  return toRfc3339(Math.floor(now / 1000) + expires_in)
}

/** The response as JSON, with the time of expiry. `now` is epoch milliseconds. */
export function toJsonText(answer: TokenAnswer, now: number): string {
  return `${printableJson({ ...answer, expires_at: expiryOf(answer, now) })}\n`
}

/** The headers that carry the token, one line each. */
export function toHeaderLines({ headers }: TokenAnswer): string {
  return Object.entries(headers)
    .map(([name, value]) => `${onOneLine(name)}: ${onOneLine(value)}\n`)
    .join('')
}

/** A line that a POSIX shell can evaluate; the comment is at the end, because without quotes all is one line. */
export function toShellLine(answer: TokenAnswer, variable: string, now: number): string {
  // Security: within single quotes a shell expands nothing, and only a single quote ends them.
  const value = onOneLine(answer.access_token).replaceAll("'", `'\\''`)
  return `export ${variable}='${value}' # expires ${expiryOf(answer, now)}\n`
}

/** The name of the variable unless another one is given: SFTPGO_WORK_TOKEN for sftpgo/work. */
export function variableOf(account: string): string {
  return `${account.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_TOKEN`
}

/** True for a name that a POSIX shell accepts for a variable. */
export const isVariable = (text: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)

/** An entry for netrc(5), which programs send as HTTP Basic: a bearer token is its password. */
export function toNetrcLine({ account, headers }: TokenAnswer, host: string): string {
  const [header, ...others] = Object.entries(headers)
  const [name = '', value = ''] = header ?? []
  const [, scheme = '', credentials = ''] = /^(bearer|basic) (\S+)$/i.exec(value) ?? []
  if (name.toLowerCase() !== 'authorization' || others.length > 0 || credentials === '') {
    throw new TokentrayError('not_supported', `Tokens of ${account} do not fit into netrc.`, {
      hint: 'Its service does not take them as "Authorization: Bearer" or "Basic". Use "tokentray header".',
    })
  }
  const [login, password] =
    scheme.toLowerCase() === 'basic'
      ? fromBasic(credentials)
      : [account.slice(account.indexOf('/') + 1), credentials]
  const words = [host, login, password]
  // Security: a blank or line break would begin another entry, and programs disagree about quotes.
  if (!words.every((word) => /^[\x21-\x7e]+$/.test(word) && !/^#|["\\]/.test(word))) {
    throw new TokentrayError('unexpected_answer')
  }
  return `machine ${host} login ${login} password ${password}\n`
}

function fromBasic(credentials: string): readonly [login: string, password: string] {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** Refuses what would begin another line, such as another header or command. */
function onOneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new TokentrayError('unexpected_answer')
  return text
}
