import { type ErrorCode, errorTable, TokentrayError } from '../base/errors.ts'
import type { Answer } from './http-call.ts'
import { quoted } from './print.ts'

/** What was asked for; throws the refusal if it is one. */
export function toResult(answer: Answer): unknown {
  const refusal = toRefusal(answer)
  if (refusal) throw refusal
  return answer.body
}

/** The refusal as the error that it stands for; `null` if it is none. */
export function toRefusal({ status, body }: Answer): TokentrayError | null {
  if (status >= 200 && status < 300) return null
  if (!isRecord(body)) return new TokentrayError('unexpected_answer')
  const { error, error_description: message, hint, retry_after: seconds } = body
  return new TokentrayError(
    isErrorCode(error) ? error : 'unexpected_answer',
    typeof message === 'string' ? quoted(message) : undefined,
    {
      ...(typeof hint === 'string' && { hint }),
      ...(typeof seconds === 'number' && { retryAt: Date.now() + seconds * 1000 }),
    },
  )
}

/**
 * The answer by its wire type, once it has the members that tell it from another one. The endpoint
 * checks its answers against the schemas before they leave, so zod need not be loaded here again.
 */
export function toAnswer<A extends object>(body: unknown, ...members: (keyof A & string)[]): A {
  if (!isRecord(body) || !members.every((member) => member in body)) {
    throw new TokentrayError(
      'unexpected_answer',
      'Tokentray answered what this program cannot read.',
      {
        hint: 'Use the "tokentray" program of the version that runs.',
      },
    )
  }
  return body as A
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value)
}
