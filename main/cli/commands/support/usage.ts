import { CommanderError, InvalidArgumentError } from 'commander'
import { TokentrayError } from '../../../base/errors.ts'
import { isName, NAME_RULE, parseAccountId } from '../../../base/ids.ts'
import { secretAsArgument } from '../../login/form.ts'
import { quoted } from '../../terminal/print.ts'
import type { CommandLine } from './split-arguments.ts'

/** Says in a help text what an argument is that names one account. */
export const ACCOUNT = 'an account, as provider/name'

/** Says what `--try-now` does. */
export const TRY_NOW = 'try once even though the service wants to be left alone for a while'

const SOUNDS_SECRET = /pass|secret|otp|code|token|key|credential|^-p$/i

/** Reads the whole number of an option; anything else, or one out of bounds, is a usage error. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** For what was given as the name of an account, the part behind the slash, or of a client. */
export function notAName(what: 'account' | 'client'): TokentrayError {
  const sentence = {
    account: 'That cannot be the part of an account behind the slash.',
    client: 'That cannot be the name of a client.',
  }[what]
  return new TokentrayError('invalid_request', sentence, { hint: NAME_RULE })
}

/** Throws `invalid_request` with the rule for what cannot be the name of a client. */
export function checkClientName(text: string): void {
  if (!isName(text)) throw notAName('client')
}

/** True for what commander throws once it has printed help or the version that was asked for. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0
}

/**
 * A mistake in the arguments as `invalid_request`; other errors stay as they are. The value of an
 * option is not repeated, because it may be a secret.
 */
export function toUsageError(
  error: unknown,
  { args, command, takesAccount }: CommandLine,
): unknown {
  if (!(error instanceof CommanderError)) return error
  const option = /unknown option '(--?[^'=]*)/.exec(error.message)?.[1]
  // Behind a single hyphen the value may follow without a space.
  const name = option?.startsWith('--') ? option : option?.slice(0, 2)
  if (name !== undefined && SOUNDS_SECRET.test(name)) return secretAsArgument()
  const help = `See "${['tokentray', ...command].join(' ')} --help".`
  const given = args.slice(command.length)
  const suggestion = toSuggestion(error)
  if (isUnknown(error) && takesAccount && given.length === 1 && suggestion === '') {
    return new TokentrayError('invalid_request', 'An account is written provider/name.', {
      cause: error,
      hint: `"tokentray accounts" lists the accounts. ${help}`,
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

/** Where the argument that is missing can be found. */
function whereToLook({ message, code }: CommanderError, given: readonly string[]): string {
  if (code !== 'commander.missingArgument') return ''
  if (message.includes("'account'")) return '"tokentray accounts" lists the accounts. '
  if (!message.includes("'id'")) return ''
  return `"tokentray tokens ${given.find(isAccountId) ?? 'ACCOUNT'}" lists the tokens. `
}

function isAccountId(text: string): boolean {
  try {
    return parseAccountId(text) === text
  } catch {
    // What it is not, it is not: the refusal is for whoever needs one.
    return false
  }
}

function toSentence({ message, code }: CommanderError, option: string | undefined): string {
  if (option !== undefined) return `There is no option ${option} here.`
  if (code === 'commander.help') return 'Name a command.'
  const [sentence = ''] = message
    .replace(/^error: /, '')
    .replace(/ argument '.*' is invalid/s, ' is invalid')
    .split('\n')
  return quoted(sentence.charAt(0).toUpperCase() + sentence.slice(1).replace(/\.?$/, '.'))
}
