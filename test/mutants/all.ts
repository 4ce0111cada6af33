import { silence } from './lists/silence.ts'
import { typing } from './lists/typing.ts'
import type { Mutant } from './mutant.ts'

/** Every promise that is broken on purpose, by the part that makes it. */
export const mutants: readonly Mutant[] = [...silence, ...typing]
