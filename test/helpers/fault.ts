import path from 'node:path'

const HOOK = path.join(import.meta.dirname, 'fault.cjs')

/** How a program can fail where nobody catches it. */
export type FaultKind = 'exception' | 'rejection'

/**
 * What a program of Node's needs in its environment so that it fails on SIGUSR2, over a text that the
 * message of the error quotes.
 */
export const faultEnv = (kind: FaultKind, text: string): Readonly<Record<string, string>> => ({
  ...{ NODE_OPTIONS: `--require=${HOOK}`, FAULT_KIND: kind, FAULT_TEXT: text },
})
