import { CommanderError, InvalidArgumentError } from 'commander'
import { TokentrayError } from '../../../base/errors.ts'
import { isName, NAME_RULE, parseAccountId } from '../../../base/ids.ts'
import { secretAsArgument } from '../../login/form.ts'
import { quoted } from '../../terminal/print.ts'
import type { CommandLine } from './split-arguments.ts'

/** Describes an argument that names an account. */
export const ACCOUNT = 'Account, as provider/name, or its name if only one has it'

/** Describes `--json`. */
export const JSON_OPTION = 'Print the result as JSON'

/** Describes `--try-now`. */
export const TRY_NOW = 'Try once now, even while requests to the service are paused'

const SOUNDS_SECRET = /pass|secret|otp|code|token|key|credential|^-p$/i

/** True for a command line that asks for JSON, also if it is not valid otherwise: then its error is JSON, too. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const words = end < 0 ? args : args.slice(0, end)
  return (
    words.includes('--json') ||
    words.includes('--format=json') ||
    words.some((word, at) => word === '--format' && words[at + 1] === 'json')
  )
}

/** Parses the whole number of an option; anything else, or a number out of bounds, is a usage error. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** The error for an invalid name of a tool, or of an account without its provider. */
export function notAName(what: 'account' | 'tool'): TokentrayError {
  const sentence = `That is not a valid ${what} name.`
  return new TokentrayError('invalid_request', sentence, { hint: NAME_RULE })
}

/** Throws `invalid_request`, with the rule, for an invalid name of a tool. */
export function checkToolName(text: string): void {
  if (!isName(text)) throw notAName('tool')
}

/** True for what commander throws after it has printed the help or the version. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0
}

/**
 * Commander's errors as `invalid_request`; other errors are returned unchanged. The value of an option is not
 * repeated, because it may be a secret.
 */
export function toUsageError(
  error: unknown,
  { args, command, takesAccount }: CommandLine,
): unknown {
  if (!(error instanceof CommanderError)) return error
  const option = /unknown option '(--?[^'=]*)/.exec(error.message)?.[1]
  // After a single hyphen the value may follow without a space.
  const name = option?.startsWith('--') ? option : option?.slice(0, 2)
  if (name !== undefined && SOUNDS_SECRET.test(name)) return secretAsArgument()
  const help = `See "${['tokentray', ...command].join(' ')} --help".`
  const given = args.slice(command.length)
  const suggestion = toSuggestion(error)
  if (isUnknown(error) && takesAccount && given.length === 1 && suggestion === '') {
    return new TokentrayError('invalid_request', 'Write an account as provider/name.', {
      cause: error,
      hint: `${LIST_ACCOUNTS}${help}`,
    })
  }
  return new TokentrayError('invalid_request', toSentence(error, name), {
    cause: error,
    hint: `${suggestion}${whereToLook(error, given)}${help}`,
  })
}

function toSuggestion({ message }: CommanderError): string {
  const suggestion = /\(Did you mean (.+)\?\)/.exec(message)?.[1]
  return suggestion === undefined ? '' : `Did you mean ${suggestion}? `
}

const isUnknown = ({ code }: CommanderError) => code === 'commander.unknownCommand'

const LIST_ACCOUNTS = 'To list accounts, run "tokentray accounts". '

/** Where to find the missing argument. */
function whereToLook({ message, code }: CommanderError, given: readonly string[]): string {
  if (code !== 'commander.missingArgument') return ''
  if (message.includes("'account'")) return LIST_ACCOUNTS
  if (!message.includes("'id'")) return ''
  return `To list tokens, run "tokentray tokens ${given.find(isAccountId) ?? 'ACCOUNT'}". `
}

function isAccountId(text: string): boolean {
  try {
    return parseAccountId(text) === text
  } catch {
    // Only the answer matters here, not the reason.
    return false
  }
}

function toSentence({ message }: CommanderError, option: string | undefined): string {
  if (option !== undefined) return `Unknown option ${option}.`
  const [sentence = ''] = message
    .replace(/^error: /, '')
    .replace(/ argument '.*' is invalid/s, ' is invalid')
    .split('\n')
  return quoted(sentence.charAt(0).toUpperCase() + sentence.slice(1).replace(/\.?$/, '.'))
}
