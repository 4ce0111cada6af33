import { changeIn, type Mutant } from '../mutant.ts'

const shortcut = changeIn(
  'main/desktop/system/search-shortcut.ts',
  'test/desktop/system/search-shortcut.test.ts',
)
const preferences = changeIn(
  'main/desktop/system/preferences.ts',
  'test/desktop/system/preferences.test.ts',
)
const address = changeIn('renderer/state/address.ts', 'test/renderer/address.test.ts')

/** The global shortcut is off unless the user has switched it on, and says when it does not work. */
export const globalShortcut: readonly Mutant[] = [
  shortcut(
    'the keys of the global shortcut are given back when it is switched off',
    'if (!on) system.unregister(KEYS)',
    'if (!on) this.#asked = on',
    'is pressed while it is on, and gives the keys back when it is off',
  ),
  shortcut(
    'a global shortcut that the system refused is shown as off',
    '!system.register(KEYS, pressed)',
    'system.register(KEYS, pressed) === undefined',
    'says that the system refused the keys, and takes them once they are free',
  ),
  shortcut(
    'a refused global shortcut is not tried again with every change',
    '    this.#asked = on\n',
    '',
    'tries the keys of the stored preference once, not with every change',
  ),
  shortcut(
    'a program that quits takes no keys again',
    '    this.#isOver = true\n',
    '',
    'gives the keys back for good when Tokentray quits',
  ),
  preferences(
    'the window says that another program has the keys',
    '      if (!hasKeys) throw keysNotFree()\n',
    '',
    'stores the others and says so if another program has those keys',
  ),
  preferences(
    'a global shortcut that does not work is not stored as on',
    'globalShortcut !== undefined && hasKeys && {',
    'globalShortcut !== undefined && {',
    'stores the others and says so if another program has those keys',
  ),
  address(
    'the global shortcut leads to the search',
    "focus: 'search-accounts'",
    "focus: 'add'",
    'is a screen that is named by one word',
  ),
]
