import { quitMutants } from './lists/quit.ts'
import { silence } from './lists/silence.ts'
import { trayMutants } from './lists/tray.ts'
import { typing } from './lists/typing.ts'
import { windowFacts } from './lists/window-facts.ts'
import { windowScreens } from './lists/window-screens.ts'
import { windowWords } from './lists/window-words.ts'
import type { Mutant } from './mutant.ts'

/** Every promise that is broken on purpose, by the part that makes it. */
export const mutants: readonly Mutant[] = [
  ...quitMutants,
  ...silence,
  ...trayMutants,
  ...typing,
  ...windowFacts,
  ...windowScreens,
  ...windowWords,
]
