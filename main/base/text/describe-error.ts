import { isTokentrayError } from '../errors.ts'

/** So many places of the stack are enough to find what went wrong. */
const PLACES = 3
/** And so many for an error that nobody expected. */
const PLACES_OF_UNEXPECTED = 10

/** Errors print as nothing in JSON; their name, code, message and place are what is wanted. */
export function describeError(error: Error): Record<string, unknown> {
  const { name, message } = error
  return { name, code: codeOf(error), message, at: placesOf(error, PLACES) }
}

/**
 * An error that nobody expected, so that nobody knows what its words quote. Security: a message of
 * JavaScript's own may hold the text that it failed on, as that of `JSON.parse` does; places never do.
 */
export function describeUnexpected(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown }
  const { name, message } = thrown
  const words = isTokentrayError(thrown) ? { message } : {}
  return { name, code: codeOf(thrown), ...words, at: placesOf(thrown, PLACES_OF_UNEXPECTED) }
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined)

/** Found by their shape: the message before them may have many lines. */
function placesOf({ stack = '' }: Error, most: number): readonly string[] {
  const lines = stack.split('\n').filter((line) => PLACE.test(line))
  return lines.slice(0, most).map((line) => line.trim())
}

const PLACE = /^ {4}at .*:\d+:\d+\)?$/
