import { changeIn, type Mutant } from '../mutant.ts'

const hardening = changeIn(
  'main/desktop/window/hardening.ts',
  'test/desktop/window/hardening.test.ts',
)
const ipc = changeIn('main/desktop/ipc/ipc.ts', 'test/desktop/ipc/ipc.test.ts')
const page = changeIn('main/desktop/renderer-files.ts', 'test/desktop/renderer-files.test.ts')
const links = changeIn(
  'main/desktop/window/external-links.ts',
  'test/desktop/window/external-links.test.ts',
)
const autoClear = changeIn(
  'main/desktop/clipboard/auto-clear.ts',
  'test/desktop/clipboard/auto-clear.test.ts',
)
const handing = changeIn(
  'main/desktop/clipboard/copy-token.ts',
  'test/desktop/ipc/handlers.test.ts',
)
const locking = changeIn(
  'main/desktop/system/auto-lock.ts',
  'test/desktop/system/auto-lock.test.ts',
)

/** The renderer settings that must stay closed. */
const settings = [
  ['is sandboxed', 'sandbox: true', 'sandbox: false'],
  [
    "is isolated from the preload script's context",
    'contextIsolation: true',
    'contextIsolation: false',
  ],
  ['has no Node integration', 'nodeIntegration: false', 'nodeIntegration: true'],
  [
    'has no Node integration in workers',
    'nodeIntegrationInWorker: false',
    'nodeIntegrationInWorker: true',
  ],
  [
    'has no Node integration in frames',
    'nodeIntegrationInSubFrames: false',
    'nodeIntegrationInSubFrames: true',
  ],
  ['embeds no other page', 'webviewTag: false', 'webviewTag: true'],
  ['keeps the same-origin policy', 'webSecurity: true', 'webSecurity: false'],
].map(([what, find = '', replace = '']) =>
  changeIn('main/desktop/window/window-options.ts', 'test/desktop/window/window-options.test.ts')(
    `the window ${what}`,
    find,
    replace,
    'gives the page its own sandbox, without Node, with only the preload script',
  ),
)

/** What the page may not do. */
const shut: readonly Mutant[] = [
  ...settings,
  changeIn('main/desktop/window/window-options.ts', 'test/desktop/window/window-options.test.ts')(
    'the window of the packaged program has no developer tools',
    'devTools: !isPackaged,',
    'devTools: true,',
    'gives the page its own sandbox, without Node, with only the preload script',
  ),
  hardening(
    'every renderer is sandboxed',
    "  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()\n",
    '',
    'sandboxes every renderer',
  ),
  hardening(
    'the page cannot open a window',
    "({ action: 'deny' })",
    "({ action: 'allow' })",
    'opens no window',
  ),
  ...['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'].map((event) =>
    hardening(
      `the page is prevented from ${event}`,
      `  contents.on('${event}', (event) => event.preventDefault())\n`,
      '',
      'prevents the event',
    ),
  ),
  hardening(
    'only certificates that the system trusts are trusted',
    'decide(false)\n  })',
    'decide(true)\n  })',
    'trusts no certificate that the system rejects',
  ),
  hardening(
    'the page gets no permission',
    '(_contents, _permission, decide) => decide(false)',
    '(_contents, _permission, decide) => decide(true)',
    'denies the permission for',
  ),
  hardening(
    "the page's permission checks are denied",
    'setPermissionCheckHandler(() => false)',
    'setPermissionCheckHandler(() => true)',
    'denies the permission for',
  ),
  hardening(
    'the page gets no device',
    'setDevicePermissionHandler(() => false)',
    'setDevicePermissionHandler(() => true)',
    'denies devices',
  ),
  hardening(
    'the page cannot download',
    "  session.on('will-download', (event) => event.preventDefault())\n",
    '',
    'downloads nothing',
  ),
  hardening(
    'the page cannot reach the network',
    "isOurPage(url) || url.startsWith('devtools://')",
    "isOurPage(url) || url.startsWith('http')",
    'for a request for',
  ),
  hardening(
    'the page cannot connect by WebRTC',
    "  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')\n",
    '',
    'blocks WebRTC over UDP',
  ),
  changeIn('main/base/process/harden-process.ts', 'test/base/process/harden-process.test.ts')(
    'files created by a process that holds secrets are private to its user',
    '  node.umask(0o077)\n',
    '',
    'a process that holds secrets creates files for its user only, opens no debugger, and survives without a reader',
  ),
  page(
    'the page runs only our scripts',
    `"script-src 'self'",`,
    `"script-src 'self' 'unsafe-inline'",`,
    'restrict the page, at',
  ),
  page(
    "the page's policy forbids loading anything else",
    `"default-src 'none'",`,
    `"default-src 'self'",`,
    'restrict the page, at',
  ),
  page(
    'the page is served from the files loaded at the start',
    'const files = listFiles(folder)\n  return async',
    'return async',
    'does not serve files that were added after the start',
  ),
  page('a page of another host is not ours', ' || url.host !== HOST', '', 'as our page'),
  page(
    'an address with a user name in it is not our page',
    "return url.username === '' && url.password === ''",
    'return true',
    'as our page',
  ),
]

/** Who may call the main process, and how. */
const messages: readonly Mutant[] = [
  ipc(
    'messages are accepted only from our window',
    '      sender === page &&\n',
    '',
    'is refused for',
  ),
  ipc(
    'messages are accepted only from the top frame',
    '      senderFrame.parent === null &&\n',
    '',
    'is refused for',
  ),
  ipc(
    'messages are accepted only from our page',
    '      senderFrame.parent === null &&\n      isOurPage(senderFrame.url)',
    '      senderFrame.parent === null',
    'is refused for',
  ),
  ipc(
    'every member of a message is validated',
    'if (!parsed.success) throw malformed(channel, parsed.error)',
    'if (!parsed.success) return (handlers[channel] as (...all: unknown[]) => unknown)(...args)',
    'refuses malformed arguments',
  ),
  ipc(
    'a refusal does not quote what the page sent',
    "const place = names.join('.') || channel",
    'const place = JSON.stringify(issue)',
    'names the malformed argument, not its value',
  ),
  ipc(
    'the settings library opens no channel to the page',
    "  ipcMain.removeAllListeners('electron-store-get-data')\n",
    '',
    'removes the channel of the settings library, and keeps its own',
  ),
  changeIn('main/base/errors.ts', 'test/desktop/ipc/ipc.test.ts')(
    'the page does not receive the details of an internal error',
    ": new TokentrayError('server_error', undefined, { cause: error })",
    ": new TokentrayError('server_error', String(error), { cause: error })",
    'hides internal errors, except in the log',
  ),
]

/** What reaches the page, and what does not. */
const bridge: readonly Mutant[] = [
  changeIn('preload/index.ts', 'test/preload/bridge.test.ts')(
    'the page reaches the main process only through the calls of the contract',
    '  ...calls,\n',
    '  ...calls,\n  invoke: (channel: string) => ipcRenderer.invoke(channel),\n',
    'has one function for each channel and one for each push, and nothing else',
  ),
  changeIn('preload/index.ts', 'test/preload/bridge.test.ts')(
    'the page never receives the IPC event object',
    'const receive = (_event: unknown, push: Push) => listener(push)',
    'const receive = (...all: unknown[]) => (listener as (...all: unknown[]) => void)(...all)',
    'are passed to the listener without the event',
  ),
  handing(
    'the page does not receive the token that it copied',
    'return { endsAt: lease.lifetime.endsAt ?? clearsAt, clearsAt }',
    'return { endsAt: lease.lifetime.endsAt ?? clearsAt, clearsAt, text: text.reveal() } as never',
    'returns no token to the page',
  ),
]

/** What may be opened in the browser. */
const outside: readonly Mutant[] = [
  links(
    'only addresses of this computer are opened',
    String.raw`127\.0\.0\.1:`,
    '[a-z0-9.]+:',
    'does not open',
  ),
  links(
    'on our own port only the one-time link is opened',
    String.raw`\/[A-Za-z0-9]{43}$/`,
    String.raw`\//`,
    'does not open',
  ),
  changeIn('main/desktop/lifecycle.ts', 'test/desktop/lifecycle.test.ts')(
    'a quit clears the clipboard even if tokens cannot be revoked',
    'Promise.allSettled([host.stop(deadlineMs), autoClear.close()])',
    'Promise.allSettled([host.stop(deadlineMs)])',
    'a failing stop settles only after the clipboard was cleared',
  ),
  changeIn(
    'main/desktop/system/utility-keychain.ts',
    'test/desktop/system/utility-keychain.test.ts',
  )(
    "a crash of the keychain's process does not crash the app",
    "    child.on('error', () => undefined)\n",
    '',
    'does not crash the app when it fails',
  ),
]

/** The clipboard. */
const clipboard: readonly Mutant[] = [
  autoClear(
    'a copied token is cleared when its time is over',
    'if (entry.failures > 0 || entry.lifetime.remainingMs <= 0) return await this.#take(entry)\n',
    '',
    'clears the text when its time is over, and not before',
  ),
  autoClear(
    'the clipboard keeps what another program copied',
    'return text !== null && this.#hash(text) === entry.hash',
    'return text !== null',
    'leaves what another program copied, and forgets its own text',
  ),
  changeIn(
    'main/desktop/clipboard/auto-clear.ts',
    'test/desktop/clipboard/auto-clear-failures.test.ts',
  )(
    'a failed clear is noticed',
    '        if (await this.#holds(place, entry)) gone = false\n',
    '',
    'reports a failure once, retries, and stops when it works',
  ),
  autoClear(
    'a copied token is cleared from the primary selection as well',
    'isCurrent || (await this.#clearFrom(clipboard.places, entry))',
    'isCurrent || (await this.#clearFrom(clipboard.places.slice(0, 1), entry))',
    'clears the primary selection as well, if it holds the text',
  ),
  autoClear(
    'nothing is copied after the final clear',
    '    this.#isClosed = true\n',
    '',
    'closes within five seconds, and refuses further copies',
  ),
  handing(
    'a lock during a copy clears the token',
    '  if (!locked && what.mayStay(broker)) return copied',
    '  if (what.mayStay(broker)) return copied',
    'is refused, and cleared, if Tokentray was locked meanwhile',
  ),
  handing(
    'a token revoked during a copy is cleared',
    'if (!locked && what.mayStay(broker)) return copied',
    'if (!locked) return copied',
    'is refused, and cleared, if its lease was closed meanwhile',
  ),
  changeIn('main/desktop/clipboard/copied-token.ts', 'test/desktop/clipboard/copied-token.test.ts')(
    'any lock clears the clipboard',
    'broker && !broker.locked && ',
    'broker && ',
    'clears it when Tokentray is locked, however soon it is unlocked',
  ),
  locking(
    'a locked screen clears the clipboard',
    'void autoClear.clear()\n    if (!preferences',
    'if (!preferences',
    'only clear, if the preference is off',
  ),
  locking(
    'a locked screen locks Tokentray',
    'if (!preferences.view().lockOnSleep) return',
    'if (preferences.view().lockOnSleep) return',
    'lock, and clear the clipboard',
  ),
  {
    // By itself, and through the leases that are closed then.
    promise: 'a quit clears the copied token',
    changes: [
      {
        file: 'main/desktop/lifecycle.ts',
        find: 'Promise.allSettled([host.stop(deadlineMs), autoClear.close()])',
        replace: 'Promise.allSettled([host.stop(deadlineMs)])',
      },
      { file: 'main/index.ts', find: '    clearEnded()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/flows/desktop-clipboard.test.ts',
      test: 'is cleared on quit, while tokens are still being revoked',
    },
  },
  {
    promise: 'clipboard histories are asked not to keep the copied token',
    changes: [
      {
        file: 'main/desktop/clipboard/clipboard.ts',
        find: "{ [native('x-kde-passwordManagerHint')]: 'secret' }",
        replace: '{}',
      },
    ],
    noticedBy: {
      file: 'test/desktop/clipboard/clipboard.test.ts',
      test: 'the clipboard on Electron',
    },
  },
  {
    promise: 'nothing behind a dialog can be reached',
    changes: [
      {
        file: 'renderer/parts/question-dialog.tsx',
        find: "document.getElementById('root')?.toggleAttribute('inert', isOpen)",
        replace: "document.getElementById('root')?.toggleAttribute('inert', false)",
      },
    ],
    noticedBy: {
      file: 'test/renderer/accounts.test.ts',
      test: 'block everything behind the question until it is answered',
    },
  },
]

export const windowIsolation: readonly Mutant[] = [
  ...shut,
  ...messages,
  ...bridge,
  ...outside,
  ...clipboard,
]
