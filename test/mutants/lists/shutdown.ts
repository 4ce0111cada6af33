import { changeIn, type Mutant } from '../mutant.ts'

const inLife = changeIn('main/desktop/lifecycle.ts', 'test/desktop/lifecycle.test.ts')
const inNotifier = changeIn(
  'main/desktop/system/notifier.ts',
  'test/desktop/system/notifier.test.ts',
)
const inDelay = changeIn(
  'main/desktop/system/sleep-delay.ts',
  'test/desktop/system/sleep-delay.test.ts',
)

/** Shutdowns that the user did not ask for: the end of the session, sleep, and errors. */
export const shutdown: readonly Mutant[] = [
  inLife(
    'the end of a session is not delayed longer than the system allows',
    "const limits = why === 'session' ? STOP_AT_SESSION_END : USUAL_STOP",
    'const limits = STOP_AT_SESSION_END && USUAL_STOP',
    'makes the system wait, and takes less time',
  ),
  inLife(
    'a stop in progress is hurried when the session ends',
    "if (why === 'session') clock.after(STOP_AT_SESSION_END.latestMs, hurry)",
    'if (!hurry) clock.after(STOP_AT_SESSION_END.latestMs, hurry)',
    'hurries a stop that began before it',
  ),
  inLife(
    'the notification of a quit is shown before the program exits',
    'return await withDeadline(isShown, { clock, ms: SAYING_MS, late })',
    'return void withDeadline(isShown, { clock, ms: SAYING_MS, late }).catch(() => {}) ?? true',
    'waits until notifications are shown, but at most 2 s',
  ),
  inLife(
    'a quit does not wait for a notification that is never shown',
    'return await withDeadline(isShown, { clock, ms: SAYING_MS, late })',
    'return late && (await isShown)',
    'does not wait if the system does not show notifications',
  ),
  inLife(
    'a crash of the app is reported',
    "if (why === 'failure') {",
    "if (why === 'failure' && left === null) {",
    'quits the program in order, reports it, and sets the exit code',
  ),
  inLife(
    'a crash of the app is reported in a dialog if there are no notifications',
    'if (!(await say(ports, failure))) attempt(() => box(failure), log)',
    'if (!(await say(ports, failure))) attempt(() => box, log)',
    'is shown in a dialog if there are no notifications',
  ),
  changeIn('main/desktop/lifecycle.ts', 'test/flows/desktop-session.test.ts')(
    'a lost session leaves no discovery file behind',
    "  app.on('quit', () => attempt(leave, log))\n",
    '  attempt(() => leave, log)\n',
    'removes its discovery files when the session is lost, and revokes the remaining tokens on the next start',
  ),
  changeIn('main/index.ts', 'test/flows/uncaught-errors.test.ts')(
    'an uncaught error stops the app in order',
    'const failed = firstFatalError(process, log)',
    'const failed = firstFatalError({ on: () => process }, log)',
    'revokes all tokens, clears the clipboard, says where to look, and exits with 1',
  ),
  changeIn('main/agent.ts', 'test/flows/uncaught-errors.test.ts')(
    'an uncaught error stops the agent in order',
    'const failed = firstFatalError(process, log)',
    'const failed = firstFatalError({ on: () => process }, log)',
    'revokes all tokens, says where to look, and exits with 1 after an uncaught',
  ),
  changeIn('main/base/text/describe-error.ts', 'test/base/text/describe-error.test.ts')(
    'the log does not repeat what an uncaught error quotes',
    'const words = isTokentrayError(thrown) ? { message } : {}',
    'const words = isTokentrayError(thrown) || message ? { message } : {}',
    'an unexpected error is described without a foreign message, but with its stack frames',
  ),
  changeIn('main/base/text/describe-error.ts', 'test/base/text/describe-error.test.ts')(
    'the log does not mistake a line of a message for a stack frame',
    'const FRAME = /^ {4}at .*:\\d+:\\d+\\)?$/',
    'const FRAME = /^ {4}at /',
    'an unexpected error is described without a foreign message, but with its stack frames',
  ),
  inNotifier(
    'a notification that the system does not show is not lost',
    'this.#ask(words, () => this.#ports.unshown(words))',
    'this.#ask(words)',
    'are passed on if the system shows none and nothing else shows the same',
  ),
  inNotifier(
    'a failed notification counts as not shown',
    '        resolve(false)\n',
    '        resolve(true)\n',
    'are logged and reported when the system fails to show one',
  ),
  changeIn('main/desktop/tray/tray-state.ts', 'test/desktop/tray/tray.test.ts')(
    'the icon asks for attention if a notification was not shown',
    '    status.unshown === true ||\n',
    '',
    'attention',
  ),
  changeIn('main/desktop/system/preferences.ts', 'test/desktop/system/preferences.test.ts')(
    'a start at login that the system rejected is reported',
    'if (this.#startAtLogin !== wanted) throw notTaken(wanted)',
    'if (this.#startAtLogin !== wanted) notTaken(wanted)',
    'reports that the system silently did nothing',
  ),
  inDelay(
    'sleep is delayed for a copied token',
    'if (needed) take()',
    'if (needed && held) take()',
    'while it is needed, once, and again when it is needed again',
  ),
  inDelay(
    'sleep is delayed for the next copied token even if the inhibitor was killed',
    'if (needed === isNeeded ||',
    'if (needed === isNeeded || (isNeeded && !held) ||',
    ', and again when it is needed again',
  ),
  changeIn('main/index.ts', 'test/flows/desktop-lock.test.ts')(
    'sleep is delayed only until the clipboard is cleared',
    'delaySleep(autoClear.current !== null)',
    'delaySleep(true)',
    'is delayed until a copied token is cleared from the clipboard, and no longer',
  ),
  changeIn('main/desktop/clipboard/auto-clear.ts', 'test/desktop/clipboard/auto-clear.test.ts')(
    'the clipboard of macOS is not polled each second',
    'const usual = isFree ? Math.min(LOOK_MS, left) : left',
    'const usual = isFree || left ? Math.min(LOOK_MS, left) : left',
    'checks only to clear if a check may prompt the user',
  ),
]

const inOwnLines = changeIn('main/base/files/owned-file.ts', 'test/base/files/log-file.test.ts')
const inTurnOver = changeIn('main/base/files/rotate-file.ts', 'test/base/files/rotate-file.test.ts')
const inLogFile = changeIn('main/base/files/log-file.ts', 'test/base/files/log-file.test.ts')

/** The log file, for users who do not see standard error. */
export const logFileMutants: readonly Mutant[] = [
  inOwnLines('the log is not written through a link', ' | (O_NOFOLLOW ?? 0)', '', 'a link'),
  inLogFile(
    'the log is not written to a file with a second hard link',
    ' || found.nlink !== 1',
    '',
    'a file with another hard link',
  ),
  inOwnLines(
    'the log is readable only by its user',
    'if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)\n',
    '',
    'is made inaccessible to other users',
  ),
  inLogFile(
    'the log does not grow without limit',
    'withFile(file, (fd) => isTooLong(fstatSync(fd).size))',
    'withFile(file, (fd) => fstatSync(fd).size < 0)',
    'is rotated when it is full, and one older file is kept',
  ),
  inTurnOver(
    'two processes do not rotate the log at the same time',
    'if (!makeMark(mark)) return',
    'makeMark(mark)',
    'the second leaves it to the first, which is doing it',
  ),
  inTurnOver(
    'a rotation does not overwrite the log that another process has just rotated',
    'if (found && isDue(found.size)) renameSync',
    'if (found) renameSync',
    'the second does not rename the new file',
  ),
  inTurnOver(
    'no log line is lost because another process has just rotated the file',
    'lstatSync(file, { throwIfNoEntry: false })',
    'lstatSync(file)',
    'the second has nothing to do before there is a new file',
  ),
  inTurnOver(
    'a killed process does not stop log rotation forever',
    'if (found && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) rmSync(mark, { force: true })\n',
    'void STALE_MS\n',
    'one that was killed meanwhile blocks the rotation for 10 s at most',
  ),
  inLogFile(
    'an incomplete log line does not corrupt the next one',
    "isTorn(fd) ? '\\n' : ''",
    "isTorn(fd) ? '' : ''",
    'starts a new line after half a line',
  ),
  changeIn('main/desktop/ipc/failure.ts', 'test/desktop/ipc/failure.test.ts')(
    'an error report says where the log is',
    'logFileIn(findDirectories().data)',
    "findDirectories && logFileIn && 'the log'",
    'shows no internal details',
  ),
]
