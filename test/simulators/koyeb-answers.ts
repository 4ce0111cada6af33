import type { SimulatedAnswer } from './simulator.ts'

/** A refusal in the service's own envelope. */
export function said(status: number, code: string, message: string): SimulatedAnswer {
  return { status, body: { status, code, message } }
}

/** An error about one member of the request. */
export function atFault(field: string, description: string): SimulatedAnswer {
  const fields = [{ field, description }]
  return {
    status: 400,
    body: { status: 400, code: 'invalid_argument', message: 'Validation error', fields },
  }
}

/** The same response for a token that is missing, malformed, unknown, revoked or expired. */
export const unauthenticated = () =>
  said(401, 'authentication_error', 'Authentication has failed, check your credentials')

export const forbidden = () => said(403, 'authorization_error', 'Not allowed')

export const locked = () => said(403, 'authorization_error', 'Account is locked')

/** The router's response, in another envelope whose code is a number. */
export const noRoute = (): SimulatedAnswer => ({
  status: 404,
  body: { code: 5, message: 'Not Found', details: [] },
})

/** The seconds of a protobuf duration such as `900s` or `0.5s`; `null` for any other text. */
export function parseDuration(text: unknown): number | null {
  const digits =
    typeof text === 'string' ? /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(text)?.[1] : undefined
  return digits === undefined ? null : Number(digits)
}

/** The members of a JSON object sent with a JSON content type; `null` for any other body. */
export function parseBody(
  contentType: string | undefined,
  body: string,
): Readonly<Record<string, unknown>> | null {
  if (!/^application\/json/.test(contentType ?? '')) return null
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // Not JSON.
    return null
  }
}
