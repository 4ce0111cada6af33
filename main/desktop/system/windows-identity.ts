import type { App } from 'electron'

/** The `appId` of electron-builder.yml, which is in the installer's Start menu shortcut. */
const APP_USER_MODEL_ID = 'io.github.tokentray.tokentray'

/** The COM class that handles clicks on notifications: any fixed GUID. */
const TOAST_ACTIVATOR = '{4E8D03EF-A731-5CA0-8ABC-96714C7463C8}'

/**
 * Sets the identity under which Windows shows our notifications; to be called before the first one.
 * Otherwise Electron invents both ids and rewrites the installer's shortcut to match.
 */
export function nameForWindows(
  app: Pick<App, 'setAppUserModelId' | 'setToastActivatorCLSID'>,
  platform: NodeJS.Platform,
): void {
  if (platform !== 'win32') return
  app.setAppUserModelId(APP_USER_MODEL_ID)
  app.setToastActivatorCLSID(TOAST_ACTIVATOR)
}
