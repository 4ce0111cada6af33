import { isTokentrayError } from '../errors.ts'

/** Stack frames to log. */
const FRAMES = 3
/** Stack frames to log for an unexpected error. */
const UNEXPECTED_FRAMES = 10

/** The name, code, message and location of an error, which JSON.stringify would drop. */
export function describeError(error: Error): Record<string, unknown> {
  const { name, message } = error
  return { name, code: codeOf(error), message, at: framesOf(error, FRAMES) }
}

/**
 * An unexpected error, without its message unless it is ours.
 *
 * Security: messages of JavaScript itself may quote the input, as those of `JSON.parse` do; stack frames
 * do not.
 */
export function describeUnexpected(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown }
  const { name, message } = thrown
  const words = isTokentrayError(thrown) ? { message } : {}
  return { name, code: codeOf(thrown), ...words, at: framesOf(thrown, UNEXPECTED_FRAMES) }
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined)

/** Found by their format, because the message in front of them may span several lines. */
function framesOf({ stack = '' }: Error, most: number): readonly string[] {
  const lines = stack.split('\n').filter((line) => FRAME.test(line))
  return lines.slice(0, most).map((line) => line.trim())
}

const FRAME = /^ {4}at .*:\d+:\d+\)?$/
