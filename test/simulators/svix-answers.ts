import type { SimulatedAnswer } from './simulator.ts'

export const nothing = (status: number): SimulatedAnswer => ({ status })

export function failed(status: number, code: string, detail: string): SimulatedAnswer {
  return { status, body: { code, detail } }
}

export const unauthorized = () => failed(401, 'authentication_failed', 'Invalid token')
export const forbidden = () =>
  failed(403, 'insufficient access', 'Invalid token for this operation')
export const notFound = (detail = 'Entity not found') => failed(404, 'not_found', detail)

/** The open-source server's empty response for an unsupported method. */
export const notAllowed = (...methods: readonly string[]): SimulatedAnswer => {
  return { status: 405, headers: { allow: methods.join(',') } }
}

/** The error about a body, whose details are a list. */
export function invalid(member: string, msg: string): SimulatedAnswer {
  return { status: 422, body: { detail: [{ loc: ['body', member], msg, type: 'value_error' }] } }
}

type JsonObject = Readonly<Record<string, unknown>>

/** The JSON object in a body; `null` for anything else. */
export function parseObject(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    // Not JSON.
    return null
  }
}

/** A whole number of seconds within bounds, or the fallback if absent; `null` for anything else. */
export function parseSeconds(
  value: unknown,
  [least, most]: readonly [number, number],
  fallback: number,
): number | null {
  if (value === undefined) return fallback
  const isWhole = typeof value === 'number' && Number.isInteger(value)
  return isWhole && value >= least && value <= most ? value : null
}
