import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../main/base/clock.ts'
import type { Directories } from '../../main/base/files/directories.ts'
import { denyAll } from '../../main/broker/ports.ts'
import { startTokentray, type Tokentray } from '../../main/compose.ts'
import { openSettings } from '../../main/settings/conf-settings.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { makeTestFolder } from './marks.ts'

/** Folders for a separate Tokentray. */
export function makeDirectories(): Directories {
  const home = makeTestFolder('home')
  const [config = '', data = '', run = ''] = ['config', 'data', 'run'].map((name) =>
    path.join(home, name),
  )
  for (const folder of [config, data, run]) mkdirSync(folder, { mode: 0o700 })
  return { config, data, run, others: [] }
}

/** The settings of that Tokentray, while it is not running. */
export const settingsIn = ({ config }: Directories): SettingsStore =>
  openSettings({ folder: config, name: 'settings-memory', clock: systemClock })

/** Starts what `compose.ts` builds, without a keychain. */
export function startInMemory(directories: Directories): Promise<Tokentray> {
  const nothing = () => undefined
  return startTokentray({
    ...{ directories, memory: true, consent: denyAll, lockWaitMs: 0, commandLine: [] },
    openSettings: () => settingsIn(directories),
    startKeychain: () => {
      throw new Error('There is no keychain.')
    },
    notify: { hostSilent: nothing, loginRequired: nothing },
    log: { info: nothing, warn: nothing, error: nothing },
  })
}
