import { changeIn, type Mutant } from '../mutant.ts'

const trayHost = changeIn('main/desktop/tray/tray-host.ts', 'test/desktop/tray/tray-host.test.ts')
const tray = changeIn('main/desktop/tray/tray.ts', 'test/desktop/tray/tray.test.ts')
const popover = changeIn('main/desktop/window/popover.ts', 'test/desktop/window/popover.test.ts')
const autoClear = changeIn(
  'main/desktop/clipboard/auto-clear.ts',
  'test/desktop/clipboard/auto-clear.test.ts',
)
const clipboard = changeIn(
  'main/desktop/clipboard/clipboard.ts',
  'test/desktop/clipboard/clipboard.test.ts',
)
const hardening = changeIn(
  'main/desktop/window/hardening.ts',
  'test/desktop/window/hardening.test.ts',
)
const loginItem = changeIn(
  'main/desktop/system/login-item.ts',
  'test/desktop/system/login-item.test.ts',
)
const notifier = changeIn('main/desktop/system/notifier.ts', 'test/desktop/system/notifier.test.ts')
const handing = changeIn(
  'main/desktop/clipboard/copy-token.ts',
  'test/desktop/ipc/handlers.test.ts',
)
const acting = changeIn(
  'main/desktop/tray/menu-actions.ts',
  'test/desktop/tray/menu-actions.test.ts',
)
const accountLines = changeIn(
  'main/desktop/tray/account-lines.ts',
  'test/desktop/tray/tray-menu.test.ts',
)
const server = changeIn(
  'main/desktop/system/display-server.ts',
  'test/desktop/system/display-server.test.ts',
)
const address = changeIn('renderer/state/address.ts', 'test/renderer/address.test.ts')
const guard = changeIn('renderer/page-guard.tsx', 'test/renderer/page-guard.test.ts')
const snapshot = changeIn('main/desktop/ipc/snapshot.ts', 'test/desktop/ipc/snapshot.test.ts')
const notices = changeIn('renderer/parts/notices.tsx', 'test/renderer/other-screens.test.ts')

/** Icon, window and clipboard also work on displays and desktops that differ from X11 with a panel. */
export const displayServers: readonly Mutant[] = [
  trayHost(
    'an icon appears when the panel starts later',
    '    await bus.listen(owner, ({ body }) => {',
    "    await bus.listen({ ...owner, arg0: 'none' }, ({ body }) => {",
    'is reported when it appears later',
  ),
  trayHost(
    'a watcher without a host counts as no panel',
    '  return [variant].flat(4).includes(true)',
    '  return variant !== undefined',
    'is missing until it has registered, and is not started by asking',
  ),
  trayHost(
    'a panel that replaced another gets the icon',
    '      see(false)\n',
    '',
    'is reported again when it replaces one that ended',
  ),
  trayHost(
    'an exited panel is noticed even if the watcher still runs',
    ", 'StatusNotifierHostUnregistered'",
    '',
    'is missing once it has ended, even if the watcher keeps running',
  ),
  trayHost(
    'a panel that was too slow to respond at its start is asked again',
    'look(bus).catch(() => bus.close())',
    'look(bus).catch(() => undefined)',
    'is asked again if it signalled and then did not answer',
  ),
  trayHost(
    'a panel that does not respond is asked ever more rarely, without filling the log',
    '    await look(bus)\n',
    '    await look(bus).catch(() => bus.close())\n',
    'is asked again after no answer, with growing pauses, and logged once',
  ),
  trayHost(
    'a missing panel is reported even without a bus',
    '  let cancel = wait()',
    '  let cancel: () => void = () => undefined',
    'is missing without a bus',
  ),
  tray(
    'a recreated icon has its menu',
    "    this.#drawn = ''\n",
    '',
    'is created again, in its current state, for a panel that appears later',
  ),
  tray(
    'there is only one icon',
    '    this.remove()\n    const tray',
    '    const tray',
    'is created again, in its current state, for a panel that appears later',
  ),
  tray(
    'a click before the first snapshot opens no empty menu',
    'if (this.#entries.length > 0) tray.popUpContextMenu',
    'tray.popUpContextMenu',
    'opens no menu before it knows what to show',
  ),
  guard(
    'a page that fails while rendering does not leave an empty window',
    'return this.state.hasFailed ?',
    'return this.props.children === null ?',
    'shows an error instead of an empty window, with a button that reloads it',
  ),
  popover(
    'errors of the page are logged',
    "if (level === 'error')",
    "if (level === 'fatal')",
    'is logged with its location, without its message',
  ),
  popover(
    'a page that failed to load is loaded once more',
    '      if (isMainFrame) this.#reload()\n',
    '',
    'is loaded again after a failed load, unless another load replaced it',
  ),
  popover(
    'replacing one load by another is not logged as an error',
    '      if (code === ABORTED) return\n',
    '      if (code === 0) return\n',
    'is loaded again after a failed load, unless another load replaced it',
  ),
  popover(
    'the window opens on Wayland even if it is never reported as ready',
    "    window.webContents.once('did-finish-load', () => this.#becomeReady())\n",
    '',
    'shows the loaded page even if the system never reports it ready',
  ),
  popover(
    'the window opens without its page after 2 s',
    '    else this.#ports.clock.after(READY_MS, () => this.#becomeReady())\n',
    '',
    'waits at most 2 s, even for a page that never loads',
  ),
  popover(
    'a window that was opened before does not open by itself',
    '    if (!this.#wasOpened) this.open()',
    '    this.open()',
    'opens once by itself if there is no icon, unless it was opened before',
  ),
  popover(
    'a window that was closed while minimized can be opened again on Wayland',
    '    if (this.#window.isMinimized()) this.#window.restore()\n    this.#window.hide()',
    '    this.#window.hide()',
    'opens again after it was closed while minimized',
  ),
  popover(
    'on Linux the last size of the window is remembered',
    '    this.#rememberSize()\n    this.#window.destroy()',
    '    this.#window.destroy()',
    'remembers the size at the time of quitting',
  ),
  autoClear(
    'a copied token does not stay in the primary selection',
    '      const left = await this.#leftElsewhere(before ? [entry, before] : [entry])',
    '      const left = await this.#leftElsewhere(before ? [before] : [])',
    'immediately clears the text from the primary selection, where Chromium also puts it',
  ),
  autoClear(
    'a copy that the desktop would drop is refused before it is written',
    '      this.requireTaken(what)\n',
    '',
    'is refused, and nothing is written, while the desktop would drop it',
  ),
  autoClear(
    'a copy is not reported as done if the focus was lost meanwhile',
    '      if (!clipboard.takesText()) {',
    '      if (!clipboard.places) {',
    'is not reported as done if the focus was lost meanwhile, and leaves nothing',
  ),
  autoClear(
    'a copy not reported as done is cleared until it is gone',
    '        this.#late.set(entry, Promise.resolve())\n',
    '',
    'keeps clearing a text that was not reported as done and could not be cleared immediately',
  ),
  handing(
    'no token is handed out for a copy that would be dropped',
    '  autoClear.requireTaken({ account: account.id })\n  const before',
    '  const before',
    'is refused before a token is issued if the desktop would drop it',
  ),
  acting(
    'on Wayland the menu opens the window instead of a copy that would be lost',
    "        if (ports.copiesInWindow) return open({ at: 'copy', account, form })\n",
    '',
    'opens the window at the copy button if a menu cannot copy, and copies nothing',
  ),
  accountLines(
    'a menu item that opens the window ends with an ellipsis',
    "copiesInWindow ? '…' : ''",
    "copiesInWindow ? '' : ''",
    'has copy lines that open the window if the menu cannot copy',
  ),
  server(
    'a compositor started from a console counts as Wayland',
    "  return Boolean(env['WAYLAND_DISPLAY']) && !env['DISPLAY']",
    '  return false',
    'tells by what Chromium goes by',
  ),
  server(
    'the switch for X11 is respected on Wayland',
    "  if (chosen !== '') return chosen === 'wayland'\n",
    '',
    'tells by what Chromium goes by',
  ),
  address(
    'copying through the menu on Wayland focuses the copy button',
    'focus: copyId(form as CopyForm) }',
    "focus: 'back' }",
    'is an account, with the focus on the copy button for that form',
  ),
  clipboard(
    'a text offered again without its blanks is not reported as gone',
    '      if (!takesText()) return\n',
    '',
    'takes over nothing while the write would be dropped and look like success',
  ),
  clipboard(
    'a text that another program offers again is replaced before it is cleared',
    "      await at(place)?.write([new ClipboardItem({ 'text/plain': ' ', ...hints })])\n",
    '',
    'takes over what another program re-offers with a blank text, and clears that',
  ),
  hardening(
    "root can start the app: Chromium's child processes keep the switch",
    "  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()",
    '  app.enableSandbox()',
    'keeps --no-sandbox, which root needs',
  ),
  loginItem(
    'Windows finds its login item again if the path has a space',
    `{ path: \`"\${program}"\`, args }`,
    '{ path: program, args }',
    'set by program and arguments on Windows',
  ),
  loginItem(
    'a start at login on Windows is hidden: its arguments are not quoted twice',
    `{ path: \`"\${program}"\`, args }`,
    `{ path: \`"\${program}"\`, args: args.map((arg) => JSON.stringify(arg)) }`,
    'set by program and arguments on Windows',
  ),
  notifier(
    'running without an icon is reported once',
    '    this.#hasSaidStillRunning = true\n',
    '',
    'say once that Tokentray is still running if its window was closed and there is no icon',
  ),
  snapshot(
    'the window says that the icon is not shown',
    '    ...(isUnseen && { noTray: true as const }),\n',
    '',
    'says if no panel shows the icon',
  ),
  notices(
    'without an icon the window says how to open it again',
    '      {status.noTray && (',
    '      {status.noTray && status.locked && (',
    'says that this desktop shows no tray icons, and how to reopen the window',
  ),
]
