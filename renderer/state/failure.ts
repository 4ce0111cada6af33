import type { Failure } from '../../preload/failure.ts'

/** What a call was rejected with; anything but a `Failure` is told as a mistake of ours. */
export function toFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  return {
    code: 'server_error',
    message: 'Internal error.',
    hint: 'See tokentray.log in its data folder, and report it.',
  }
}

function isFailure(error: unknown): error is Failure {
  if (typeof error !== 'object' || error === null) return false
  const { code, message, hint } = error as Partial<Record<keyof Failure, unknown>>
  return typeof code === 'string' && typeof message === 'string' && typeof hint === 'string'
}
