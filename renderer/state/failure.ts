import type { Failure } from '../../preload/failure.ts'

/** The `Failure` of a rejected call; anything else becomes an internal error. */
export function toFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  return {
    code: 'server_error',
    message: 'Internal error.',
    hint: 'Please report what tokentray.log in the data folder says.',
  }
}

function isFailure(error: unknown): error is Failure {
  if (typeof error !== 'object' || error === null) return false
  const { code, message, hint } = error as Partial<Record<keyof Failure, unknown>>
  return typeof code === 'string' && typeof message === 'string' && typeof hint === 'string'
}
