import type { App } from 'electron'

/** The `appId` of electron-builder.yml, which the installer's shortcut in the start menu bears. */
const APP_USER_MODEL_ID = 'io.github.tokentray.tokentray'

/** What a click on a notification is handed to: any number that is always the same. */
const TOAST_ACTIVATOR = '{4E8D03EF-A731-5CA0-8ABC-96714C7463C8}'

/**
 * Tells Windows as what this program shows notifications; to be called before the first. Without it Electron
 * makes up both, and rewrites the installer's shortcut to fit.
 */
export function nameForWindows(
  app: Pick<App, 'setAppUserModelId' | 'setToastActivatorCLSID'>,
  platform: NodeJS.Platform,
): void {
  if (platform !== 'win32') return
  app.setAppUserModelId(APP_USER_MODEL_ID)
  app.setToastActivatorCLSID(TOAST_ACTIVATOR)
}
