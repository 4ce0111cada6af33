import path from 'node:path'
import * as electron from 'electron'
import ElectronStore from 'electron-store'
import { systemClock as clock } from './base/clock.ts'
import { findDirectories } from './base/files/directories.ts'
import { logFileIn } from './base/files/log-file.ts'
import { makeOwnedFolder } from './base/files/owned-folder.ts'
import { killIfStuck } from './base/process/end-process.ts'
import { firstFatalError } from './base/process/fatal-errors.ts'
import { hardenProcess } from './base/process/harden-process.ts'
import { type Client, trayClient, windowClient } from './broker/clients.ts'
import { denyAll } from './broker/ports.ts'
import { startTokentray } from './compose.ts'
import { AutoClear } from './desktop/clipboard/auto-clear.ts'
import { copyOpenly, createClipboard } from './desktop/clipboard/clipboard.ts'
import { watchCopied } from './desktop/clipboard/copied-token.ts'
import { Host } from './desktop/host.ts'
import { createActivityNews } from './desktop/ipc/activity-view.ts'
import { createHandlers } from './desktop/ipc/handlers.ts'
import { serveCalls, withoutChannel } from './desktop/ipc/ipc.ts'
import { PageFeed } from './desktop/ipc/page-feed.ts'
import { createSnapshotOf } from './desktop/ipc/snapshot.ts'
import { Snapshots } from './desktop/ipc/snapshots.ts'
import {
  keepsInMemory,
  loginCommand,
  manageLifecycle,
  runsWithoutTray,
  startedAtLogin,
  stopAll,
  takeSignals,
} from './desktop/lifecycle.ts'
import { createAutoLock, watchSnapshots } from './desktop/system/auto-lock.ts'
import { connectBus } from './desktop/system/dbus.ts'
import { isWayland } from './desktop/system/display-server.ts'
import { createIdleLock } from './desktop/system/idle-lock.ts'
import { watchKeychain } from './desktop/system/keychain-watch.ts'
import { createLoginItem } from './desktop/system/login-item.ts'
import { MissedNotifications } from './desktop/system/missed-notifications.ts'
import { createShow, Notifier } from './desktop/system/notifier.ts'
import { createOtherBroker } from './desktop/system/other-broker.ts'
import { Preferences } from './desktop/system/preferences.ts'
import { watchScreen } from './desktop/system/screen-lock.ts'
import { SearchShortcut } from './desktop/system/search-shortcut.ts'
import { createSleepDelay } from './desktop/system/sleep-delay.ts'
import { utilityKeychain } from './desktop/system/utility-keychain.ts'
import { nameForWindows } from './desktop/system/windows-identity.ts'
import { FreshSecrets } from './desktop/tools/fresh-secrets.ts'
import { createMenuActions } from './desktop/tray/menu-actions.ts'
import { TrayIcon } from './desktop/tray/tray.ts'
import { watchTrayHost } from './desktop/tray/tray-host.ts'
import { loadTrayIcons } from './desktop/tray/tray-icon.ts'
import { watchAppearance } from './desktop/window/appearance.ts'
import { createDialogs } from './desktop/window/dialogs.ts'
import { createBrowserOpener } from './desktop/window/external-links.ts'
import * as hardening from './desktop/window/hardening.ts'
import { readLicenses } from './desktop/window/licenses.ts'
import { type Place, Popover } from './desktop/window/popover.ts'
import { windowIcon } from './desktop/window/window-icon.ts'
import { createWindowMaker } from './desktop/window/window-options.ts'
import { createSizeMemory } from './desktop/window/window-size.ts'
import { createLog } from './log.ts'
import { findElsewhere } from './loopback/found/discovery.ts'
import { openSettings } from './settings/conf-settings.ts'
import type { Settings } from './settings/schema.ts'

const LOCK_WAIT_MS = 10_000

const { app, ipcMain, nativeTheme, powerMonitor, screen, shell } = electron
const { platform } = process
const noTray = runsWithoutTray(process.argv)
const folder = import.meta.dirname
const directories = findDirectories()
const log = createLog(process.env, directories.data)
const dialogs = createDialogs(electron.dialog, log)
/** Chromium's own files: in the data folder of the broker's lock, apart from our files. */
const chromiumFolder = path.join(directories.data, 'desktop')

hardenProcess(process)
const failed = firstFatalError(process, log)
hardening.hardenApp(electron)
nameForWindows(app, platform)
try {
  makeOwnedFolder(chromiumFolder)
  app.setPath('userData', chromiumFolder)
  // Never awaited at the top level: Electron gets ready only after this module was evaluated.
  if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(fail)
  else app.quit()
} catch (error) {
  void app.whenReady().then(() => fail(error))
}

function start(): void {
  const session = hardening.openSession(electron.session, path.join(folder, '../renderer'))
  hardening.setApplicationMenu(electron.Menu, platform)
  const show = createShow(electron.Notification, log)
  const elsewhere = () => findElsewhere(directories)
  const other = createOtherBroker({ folder: directories.data, elsewhere }, clock)
  const delaySleep = createSleepDelay({ platform, log })
  const changed = () => {
    clearEnded()
    idleLock.changed()
    freshSecrets.check()
    delaySleep(autoClear.current !== null)
    snapshots.changed()
  }

  const startKeychain = utilityKeychain(
    electron.utilityProcess,
    path.join(folder, 'keychain-process.js'),
  )
  const host = new Host({
    memory: keepsInMemory(process.argv),
    start: (memory) =>
      startTokentray({
        ...{ directories, memory, log, lockWaitMs: LOCK_WAIT_MS, commandLine: ['tokentray'] },
        startKeychain,
        openSettings: () => openStore(memory),
        consent: denyAll,
        notify: {
          loginRequired: (account, reason) => notifier.loginRequired(account, reason),
          hostSilent: (message) => notifier.hostSilent(message),
        },
      }).finally(() => takeSignals({ app, process })),
    ...{ findOther: other.find, changed, clock, fatal: fail },
    recorded: createActivityNews({ tell: () => popover.tellOfActivity(), clock }),
  })
  const looks = watchKeychain({ host, clock, log, connectBus })
  /** However the window is opened, it checks the keychain first. */
  const open = (place?: Place) => {
    looks.look()
    popover.open(place)
  }
  const loginItem = createLoginItem({ platform, app, env: process.env, exec: loginCommand(app) })
  const shortcut = new SearchShortcut({
    ...{ system: electron.globalShortcut, pressed: () => open({ at: 'search' }), log },
  })
  const settings = () => host.running?.broker.settings ?? null
  const preferences = new Preferences({ settings, loginItem, shortcut, changed })
  const isWatched = () => popover.isWatched
  const unshown = new MissedNotifications({ clock, changed })
  const notifier = new Notifier({
    ...{ show, openPopover: open, isWatched },
    unshown: (words) => unshown.add(words),
    wants: () => preferences.view(),
  })
  const onWayland = platform === 'linux' && isWayland(process.env, app.commandLine)
  const takesText = () => !onWayland || popover.hasFocus
  const autoClear = new AutoClear({
    ...{ clipboard: createClipboard(electron, platform, takesText), clock, changed, log },
    seconds: () => preferences.view().clipboardSeconds,
    failed: () => notifier.clearingFailed(),
  })
  const clearEnded = watchCopied({ host, autoClear })
  const freshSecrets = new FreshSecrets({ host, clock, changed: () => snapshots.changed() })
  const build = createSnapshotOf({
    ...{ host, autoClear, preferences, freshSecrets, unshown, version: app.getVersion() },
    locale: app.getSystemLocale(),
    isUnseen: () => tray.isUnseen,
  })
  const snapshots = new Snapshots({ build, clock, log })
  const feed = new PageFeed()
  const popover = new Popover({
    feed,
    createWindow: createWindowMaker(electron, { folder, platform, session, icon: windowIcon }),
    fresh: () => snapshots.take(),
    size: createSizeMemory(path.join(chromiumFolder, 'popover.json')),
    icon: () => tray.bounds,
    isWayland: onWayland,
    ...{ screen, platform, clock, log, gaveUp: dialogs.gaveUp, sessionEnds: () => host.leave() },
    closed: () => {
      if (noTray) app.quit()
      else if (tray.isUnseen) notifier.stillRunning()
    },
  })
  const toggle = () => {
    looks.look()
    popover.toggle()
  }
  const handlersOf = (user: Client) =>
    createHandlers({
      ...{ host, user, autoClear, preferences, snapshots },
      visit: createBrowserOpener(electron.shell, clock),
      stopOther: other.stop,
      chooseFile: () => popover.keepOpen(dialogs.chooseFile),
      chooseNewFile: (what, name) =>
        popover.keepOpen((window) => dialogs.chooseNewFile(window, what, name)),
      chooseImport: () => popover.keepOpen(dialogs.chooseImport),
      openDataFolder: () => shell.openPath(directories.data),
      copyText: (text) => copyOpenly(electron, text),
      licenses: () => readLicenses(folder),
      toolPorts: {
        freshSecrets,
        ask: (question) => popover.keepOpen((window) => dialogs.ask(question, window)),
      },
      closePopover: () => {
        // Escape hides the window, and nothing would bring it back.
        if (!noTray) popover.close()
      },
      quit: () => app.quit(),
    })
  const handlers = feed.watch(handlersOf(windowClient))
  serveCalls({ ipcMain, handlers, page: () => popover.contents, log })
  const tray = new TrayIcon({
    ...{ native: electron, icons: loadTrayIcons(electron.nativeImage, platform), platform },
    ...{ clock, toggle, copiesInWindow: onWayland },
    act: createMenuActions({
      ...{ handlers: handlersOf(trayClient), open, log, notifier, now: clock.now },
      ...{ tell: dialogs.tell, ask: dialogs.ask, copiesInWindow: onWayland },
    }),
  })
  const locking = createAutoLock({ host, preferences, autoClear, changed, log })
  const idleLock = createIdleLock({
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    limitMinutes: () => preferences.view().lockAfterIdleMinutes,
    isOpen: () => host.running?.broker.locked === false,
    lock: locking.idle,
    clock,
  })
  const unwatch = watchScreen({ powerMonitor, connectBus, log, on: locking })

  const watchHost = noTray ? () => () => undefined : watchTrayHost
  const leaveHost = watchHost({
    ...{ connectBus, clock, log, platform },
    appeared: () => {
      tray.renew({ isUnseen: false })
      snapshots.changed()
    },
    missing: () => {
      // Electron has another kind of icon, which older panels show.
      tray.renew({ isUnseen: true })
      snapshots.changed()
      popover.openOnce()
    },
  })

  snapshots.on((snapshot) => popover.send(snapshot))
  snapshots.on((snapshot) => tray.show(snapshot))
  snapshots.on(() => shortcut.follow(settings()?.read().preferences.globalShortcut ?? false))
  snapshots.on(watchAppearance({ nativeTheme, zoomTo: (factor) => popover.zoomTo(factor) }))
  snapshots.on(watchSnapshots(notifier))
  manageLifecycle({
    ...{ app, process, powerMonitor, clock, log, open, say: show, visible: [tray, popover] },
    ...{ killIfStuck, failed, logFile: logFileIn(directories.data), box: dialogs.box },
    leave: () => host.leave(),
    stop: async (deadlineMs) => {
      unwatch()
      leaveHost()
      idleLock.stop()
      looks.stop()
      shortcut.end()
      return await stopAll({ host, autoClear }, deadlineMs)
    },
  })
  if (noTray || !startedAtLogin(app, process.argv)) open()
  void host.start()
}

function openStore(memory: boolean) {
  return openSettings({
    folder: directories.config,
    // A separate file: a run without the keychain must not change the accounts in the keychain.
    name: memory ? 'settings-memory' : 'settings',
    clock,
    createConf: ({ configName, ...options }) =>
      withoutChannel(ipcMain, new ElectronStore<Settings>({ ...options, name: configName })),
  })
}

function fail(error: unknown): void {
  dialogs.fatal(error)
  app.exit(1)
}
