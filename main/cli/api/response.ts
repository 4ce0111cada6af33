import { type ErrorCode, errorTable, TokentrayError } from '../../base/errors.ts'
import { ownVersion } from '../../base/version.ts'
import type { Answer, Target } from './http-call.ts'

/** The body of the response; throws if it is a refusal. */
export function toResult(answer: Answer, target: Pick<Target, 'version'>): unknown {
  const refusal = toRefusal(answer, target)
  if (refusal) throw refusal
  return answer.body
}

/** The error that a refusal stands for; `null` if the response is not a refusal. */
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

/** How a route or a field is refused that the other version does not know. */
const OF_VERSIONS: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'not_found',
  'method_not_allowed',
  'unexpected_answer',
])

/** Says that this command and the running Tokentray are of different versions. */
export function differ(running: string): string {
  return `This command is version ${ownVersion}, but version ${running} of Tokentray is running: restart Tokentray.`
}

/**
 * The body as its type, if it has the members that identify it. The endpoint validates its responses against the
 * schemas, so zod need not be loaded here.
 */
export function toAnswer<A extends object>(body: unknown, ...members: (keyof A & string)[]): A {
  if (!isRecord(body) || !members.every((member) => member in body)) {
    throw new TokentrayError(
      'unexpected_answer',
      'This command cannot read the response of Tokentray.',
      {
        hint: 'Use the "tokentray" command of the version that is running.',
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
