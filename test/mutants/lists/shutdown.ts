import { changeIn, type Mutant } from '../mutant.ts'

const inLife = changeIn('main/desktop/life.ts', 'test/desktop/life.test.ts')
const inNotifier = changeIn(
  'main/desktop/system/notifier.ts',
  'test/desktop/system/notifier.test.ts',
)
const inDelay = changeIn(
  'main/desktop/system/sleep-delay.ts',
  'test/desktop/system/sleep-delay.test.ts',
)

/** What nobody asked for: a session that ends, sleep, a mistake, and systems that say nothing. */
export const shutdown: readonly Mutant[] = [
  inLife(
    'the end of a session is not kept for longer than it waits',
    "const limits = why === 'session' ? STOP_AT_SESSION_END : USUAL_STOP",
    'const limits = STOP_AT_SESSION_END && USUAL_STOP',
    'is waited for by the system, and asks for less time',
  ),
  inLife(
    'a stop that began before the session ends is hurried',
    "if (why === 'session') clock.after(STOP_AT_SESSION_END.latestMs, hurry)",
    'if (!hurry) clock.after(STOP_AT_SESSION_END.latestMs, hurry)',
    'hurries a stop that began before it',
  ),
  inLife(
    'what a quit says is shown before the program is gone',
    'return await inTime(isShown, { clock, ms: SAYING_MS, late })',
    'return void inTime(isShown, { clock, ms: SAYING_MS, late }).catch(() => {}) ?? true',
    'waits until what is said is shown, but for no more than 2 s',
  ),
  inLife(
    'a quit does not wait for a notification that is never shown',
    'return await inTime(isShown, { clock, ms: SAYING_MS, late })',
    'return late && (await isShown)',
    'does not wait for a system that does not show what is said',
  ),
  inLife(
    'an app that failed says so',
    "if (why === 'failure') {",
    "if (why === 'failure' && left === null) {",
    'ends the program in order, says so, and is its exit code',
  ),
  inLife(
    'an app that failed says so in a box where there are no notifications',
    'if (!(await say(ports, failure))) attempt(() => box(failure), log)',
    'if (!(await say(ports, failure))) attempt(() => box, log)',
    'is said in a box where there are no notifications',
  ),
  changeIn('main/desktop/life.ts', 'test/flows/desktop-session.test.ts')(
    'a session that is lost leaves nothing behind that leads to the endpoint',
    "  app.on('quit', () => attempt(leave, log))\n",
    '  attempt(() => leave, log)\n',
    'removes its discovery files when the session is lost, and revokes the remaining tokens on the next start',
  ),
  changeIn('main/index.ts', 'test/flows/uncaught-errors.test.ts')(
    'what nobody caught ends the app in order',
    'const failed = firstFailure(process, log)',
    'const failed = firstFailure({ on: () => process }, log)',
    'revokes all tokens, clears the clipboard, says where to look, and exits with 1',
  ),
  changeIn('main/agent.ts', 'test/flows/uncaught-errors.test.ts')(
    'what nobody caught ends the agent in order',
    'const failed = firstFailure(process, log)',
    'const failed = firstFailure({ on: () => process }, log)',
    'revokes all tokens, says where to look, and exits with 1 after an uncaught',
  ),
  changeIn('main/base/text/describe-error.ts', 'test/base/text/describe-error.test.ts')(
    'the log does not quote what an uncaught error quotes',
    'const words = isTokentrayError(thrown) ? { message } : {}',
    'const words = isTokentrayError(thrown) || message ? { message } : {}',
    'the words of others are left out',
  ),
  changeIn('main/base/text/describe-error.ts', 'test/base/text/describe-error.test.ts')(
    'the log does not take a line of a message for a place',
    'const PLACE = /^ {4}at .*:\\d+:\\d+\\)?$/',
    'const PLACE = /^ {4}at /',
    'the words of others are left out',
  ),
  inNotifier(
    'what the system does not show as a notification is not lost',
    'this.#ask(words, () => this.#ports.unshown(words))',
    'this.#ask(words)',
    'are handed on where the system shows none',
  ),
  inNotifier(
    'a notification that failed is known for one that was not shown',
    '        resolve(false)\n',
    '        resolve(true)\n',
    'leave a line in the log, and tell, when the system fails to show one',
  ),
  changeIn('main/desktop/tray/tray-state.ts', 'test/desktop/tray/tray.test.ts')(
    'the icon asks for attention where a notification was not shown',
    '    status.unshown === true ||\n',
    '',
    'attention',
  ),
  changeIn('main/desktop/system/preferences.ts', 'test/desktop/system/preferences.test.ts')(
    'a start at login that the system did not take is told',
    'if (this.#startAtLogin !== wanted) throw notTaken(wanted)',
    'if (this.#startAtLogin !== wanted) notTaken(wanted)',
    'says so where the system does nothing and says nothing',
  ),
  inDelay(
    'sleep waits for a copied token',
    'if (needed) take()',
    'if (needed && held) take()',
    'while it is needed, once, and again when it is needed again',
  ),
  inDelay(
    'sleep waits for the next copied token where somebody has ended what asked for that',
    'if (needed === isNeeded ||',
    'if (needed === isNeeded || (isNeeded && !held) ||',
    'and asked for again when it is needed anew',
  ),
  changeIn('main/index.ts', 'test/flows/desktop-lock.test.ts')(
    'sleep waits no longer than for the clipboard',
    'delaySleep(copying.current !== null)',
    'delaySleep(true)',
    'is delayed until a copied token is cleared from the clipboard, and no longer',
  ),
  changeIn('main/desktop/clipboard/auto-clear.ts', 'test/desktop/clipboard/auto-clear.test.ts')(
    'macOS is not asked about the clipboard each second',
    'const usual = isFree ? Math.min(LOOK_MS, left) : left',
    'const usual = isFree || left ? Math.min(LOOK_MS, left) : left',
    'does not look before there is something to clear where a look may ask the person',
  ),
]

const inOwnLines = changeIn('main/base/files/owned-file.ts', 'test/base/files/log-file.test.ts')
const inTurnOver = changeIn('main/base/files/rotate-file.ts', 'test/base/files/rotate-file.test.ts')
const inLogFile = changeIn('main/base/files/log-file.ts', 'test/base/files/log-file.test.ts')

/** The log that somebody can look into who sees nothing of standard error. */
export const logFileMutants: readonly Mutant[] = [
  inOwnLines('no link leads the log elsewhere', ' | (O_NOFOLLOW ?? 0)', '', 'a link'),
  inLogFile(
    'the log does not go into a file that has another name',
    ' || found.nlink !== 1',
    '',
    'a file that has another name as well',
  ),
  inOwnLines(
    'the log is for its user only',
    'if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)\n',
    '',
    'is taken from others where it was open to them',
  ),
  inLogFile(
    'the log does not grow without end',
    'withFile(file, (fd) => isTooLong(fstatSync(fd).size))',
    'withFile(file, (fd) => fstatSync(fd).size < 0)',
    'makes room when it is full, and one older file is kept',
  ),
  inTurnOver(
    'two processes do not make room in the log at once',
    'if (!makeMark(mark)) return',
    'makeMark(mark)',
    'the second one leaves it to the first, which is just doing it',
  ),
  inTurnOver(
    'a new log is not moved over the old one by who wanted to move that',
    'if (found && isDue(found.size)) renameSync',
    'if (found) renameSync',
    'the second one does not move the file that was begun since',
  ),
  inTurnOver(
    'a line of the log is not lost because another process has just moved the file',
    'lstatSync(file, { throwIfNoEntry: false })',
    'lstatSync(file)',
    'the second one has nothing to do before a new file was begun',
  ),
  inTurnOver(
    'a log does not grow without end because a process was killed',
    'if (found && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) rmSync(mark, { force: true })\n',
    'void STALE_MS\n',
    'one that was killed while it did it is waited for, and no longer than 10 s',
  ),
  inLogFile(
    'half a line of the log swallows no other',
    "isTorn(fd) ? '\\n' : ''",
    "isTorn(fd) ? '' : ''",
    'begins a line of its own behind half a line',
  ),
  changeIn('main/desktop/ipc/failure.ts', 'test/desktop/ipc/failure.test.ts')(
    'whoever is told of a mistake is told where the log is',
    'logFileIn(findDirectories().data)',
    "findDirectories && logFileIn && 'the log'",
    'says nothing of what is behind a mistake',
  ),
]
