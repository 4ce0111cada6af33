import { CommanderError, InvalidArgumentError } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { secretAsArgument } from './form.ts'

const SOUNDS_SECRET = /pass|secret|otp|code|token|key|credential|^-p$/i

/** A whole number of an option; anything else is a usage error. */
export function toWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}

/** For what was given as the name of an account, the part behind the slash, and cannot be one. */
export function notAName(): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    'That cannot be the part of an account behind the slash.',
    {
      hint: 'Names are 1 to 64 of a-z, 0-9, dot, underscore and hyphen.',
    },
  )
}

/** True for what commander throws once it has printed help or the version that was asked for. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0
}

/**
 * A mistake in the arguments as `invalid_request`; other errors stay as they are. The value of an
 * option is not repeated, because it may be a secret.
 */
export function toUsageError(error: unknown, command: string | undefined): unknown {
  if (!(error instanceof CommanderError)) return error
  const option = /unknown option '(--?[^'=]*)/.exec(error.message)?.[1]
  // Behind a single hyphen the value may follow without a space.
  const name = option?.startsWith('--') ? option : option?.slice(0, 2)
  if (name !== undefined && SOUNDS_SECRET.test(name)) return secretAsArgument()
  return new TokentrayError('invalid_request', toSentence(error, name), {
    cause: error,
    hint: `${toSuggestion(error)}See "tokentray ${command === undefined ? '' : `${command} `}--help".`,
  })
}

function toSuggestion({ message }: CommanderError): string {
  const suggestion = /\(Did you mean (.+)\?\)/.exec(message)?.[1]
  return suggestion === undefined ? '' : `Did you mean ${suggestion}? `
}

function toSentence({ message, code }: CommanderError, option: string | undefined): string {
  if (option !== undefined) return `There is no option ${option} here.`
  if (code === 'commander.help') return 'Name a command.'
  const [sentence = ''] = message
    .replace(/^error: /, '')
    .replace(/ argument '.*' is invalid/s, ' is invalid')
    .split('\n')
  return sentence.charAt(0).toUpperCase() + sentence.slice(1).replace(/\.?$/, '.')
}
