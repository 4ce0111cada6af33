import type { SimulatedAnswer } from './simulator.ts'

/** What SFTPGo says where it has nothing to give: `error` is left out when empty. */
export function said(status: number, message: string, error?: string): SimulatedAnswer {
  return { status, body: { ...(error !== undefined && { error }), message } }
}
