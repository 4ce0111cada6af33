import path from 'node:path'

const HOOK = path.join(import.meta.dirname, 'fault.cjs')

/** The kinds of uncaught error. */
export type FaultKind = 'exception' | 'rejection'

/**
 * The environment that makes a Node program fail on SIGUSR2, with an error whose message quotes the
 * text.
 */
export const faultEnv = (kind: FaultKind, text: string): Readonly<Record<string, string>> => ({
  ...{ NODE_OPTIONS: `--require=${HOOK}`, FAULT_KIND: kind, FAULT_TEXT: text },
})
