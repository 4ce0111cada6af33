import { changeIn, type Mutant } from '../mutant.ts'

const autoLock = changeIn(
  'main/desktop/system/auto-lock.ts',
  'test/desktop/system/auto-lock.test.ts',
)
const idleLock = changeIn(
  'main/desktop/system/idle-lock.ts',
  'test/desktop/system/idle-lock.test.ts',
)
const navigation = changeIn('renderer/state/navigation.tsx', 'test/renderer/account-list.test.ts')
const order = changeIn('renderer/text/account-order.ts', 'test/renderer/account-list.test.ts')
const search = changeIn('renderer/text/search.ts', 'test/renderer/account-list.test.ts')
const reopening = changeIn('renderer/state/reopening.ts', 'test/renderer/keyboard.test.ts')
const copiedBar = changeIn('renderer/parts/copied-bar.tsx', 'test/renderer/account-list.test.ts')
const firstError = changeIn('renderer/parts/use-first-error.ts', 'test/renderer/tools.test.ts')
const screen = changeIn('renderer/parts/screen.tsx', 'test/renderer/reachable.test.ts')

/** What the window does without being asked, and what it remembers. */
export const windowHabits: readonly Mutant[] = [
  autoLock(
    'a computer that is not used for long locks Tokentray whatever the setting for sleep',
    "    lock('The computer was not used for a while.')\n",
    "    if (preferences.view().lockOnSleep) lock('The computer was not used for a while.')\n",
    'an idle computer: lock and clear, whatever the preference for sleep',
  ),
  autoLock(
    'the clipboard is cleared when the computer is not used for long',
    "    void autoClear.clear()\n    lock('The computer",
    "    lock('The computer",
    'an idle computer: lock and clear, whatever the preference for sleep',
  ),
  idleLock(
    'an unlock lasts, however long the computer was not used before',
    'Math.min(idleSeconds() * 1_000, clock.monotonic() - since)',
    'idleSeconds() * 1_000',
    'does not lock again at once after an unlock from elsewhere',
  ),
  idleLock(
    'a shorter limit applies at once',
    'if (wanted === limitMs) return',
    'if (wanted === limitMs || (wanted > 0 && limitMs > 0)) return',
    'follows a change of the preference at once',
  ),
  reopening(
    'a window that was out of sight for ten minutes starts on the accounts',
    'Date.now() - left.at >= AWAY_MS',
    'Date.now() - left.at >= 2 * AWAY_MS',
    'starts on the accounts again after ten minutes out of sight',
  ),
  navigation(
    'a search of a list is there again on coming back',
    'useState(memory.search)',
    "useState('')",
    'keeps its search while the user looks at an account, and forgets it elsewhere',
  ),
  order(
    'pinned accounts are first',
    'rank(one) - rank(other) || ',
    '',
    'has pinned accounts first, then those used last',
  ),
  search(
    'words are found in any order',
    'words.every((word) => text.includes(word))',
    "text.includes(words.join(' '))",
    'finds words in any order, says how many, and is cleared with Escape',
  ),
  copiedBar(
    'the bar for a copied token does not cover its row',
    '  useFocusInSight(copied !== null)\n',
    '',
    'shows the row whose token was copied above the bar that says so',
  ),
  firstError(
    'the first error of a long form is led into sight',
    "    wrong?.querySelector('.error')?.scrollIntoView({ block: 'nearest' })\n",
    '',
    'leads to the first error, however long the list of accounts is',
  ),
  screen(
    'a list of text alone can be scrolled by keys',
    'else if (current) current.tabIndex = 0',
    'else if (current) current.tabIndex = -1',
    'every control is reached in order, forwards and backwards, with a visible focus',
  ),
]
