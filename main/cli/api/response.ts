import { type ErrorCode, errorTable, TokentrayError } from '../../base/errors.ts'
import { ownVersion } from '../../base/version.ts'
import type { Answer, Target } from './http-call.ts'

/** What was asked for; throws the refusal if it is one. */
export function toResult(answer: Answer, target: Pick<Target, 'version'>): unknown {
  const refusal = toRefusal(answer, target)
  if (refusal) throw refusal
  return answer.body
}

/** The refusal as the error that it stands for; `null` if it is none. */
export function toRefusal(
  { status, body }: Answer,
  { version }: Pick<Target, 'version'>,
): TokentrayError | null {
  if (status >= 200 && status < 300) return null
  if (!isRecord(body)) return new TokentrayError('unexpected_answer')
  const { error, error_description: message, hint, field, retry_after: seconds } = body
  const code = isErrorCode(error) ? error : 'unexpected_answer'
  const advice = typeof hint === 'string' ? hint : errorTable[code].hint
  return new TokentrayError(code, typeof message === 'string' ? message : undefined, {
    hint: version !== ownVersion && OF_VERSIONS.has(code) ? `${advice} ${differ(version)}` : advice,
    ...(typeof field === 'string' && { field }),
    ...(typeof seconds === 'number' && { retryAt: Date.now() + seconds * 1000 }),
  })
}

/** What one version knows and another does not, a route or a field, is refused like this. */
const OF_VERSIONS: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'not_found',
  'method_not_allowed',
  'unexpected_answer',
])

/** That this program is of another version than the Tokentray that runs. */
export function differ(running: string): string {
  return `This command is version ${ownVersion} and the Tokentray that runs is version ${running}: restart Tokentray, so that both are the same.`
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
