import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Conf from 'conf'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { setAside } from '../base/set-aside.ts'
import { deepFreeze } from './freeze.ts'
import { migrate } from './migrations.ts'
import { finishReplacement, removeUnfinished, replaceChecked } from './previous-version.ts'
import { defaultSettings, type Settings, settingsSchema } from './schema.ts'
import type { SettingsStore } from './settings.ts'

/** What a `Conf` is to be made with; electron-store calls `configName` just `name`. */
export interface ConfOptions {
  readonly cwd: string
  readonly configName: string
  readonly configFileMode: number
  /** Ours, so that the bytes that must be in the file afterwards are known. */
  readonly serialize: (settings: Settings) => string
}

/** The part of `Conf`, and of electron-store's `Store`, that is used. */
export type SettingsConf = Pick<Conf<Settings>, 'store'>

interface SettingsPlace {
  readonly folder: string
  /** The file's name without `.json`; `settings` unless given. */
  readonly name?: string
  readonly clock: Clock
  /** Left out: conf itself. */
  readonly createConf?: (options: ConfOptions) => SettingsConf
}

/**
 * The settings in a JSON file of this folder. A file that is not JSON, not of the schema or of a
 * newer version is kept under another name, which a notice tells, and the defaults apply. Throws
 * `record_unavailable` if the folder cannot be used.
 */
export function openSettings({
  folder,
  name = 'settings',
  clock,
  createConf = createPlain,
}: SettingsPlace) {
  const file = path.join(folder, `${name}.json`)
  const notices: string[] = []
  return guarded(file, (): SettingsStore => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    removeUnfinished(file)
    const torn = finishReplacement(file, (text) => parseSettings(text) !== null, clock)
    if (torn) notices.push(notWritten(file, torn))
    // Read here and before conf: its constructor throws for what is not JSON, or clears the file.
    const found = existsSync(file) ? parseSettings(readFileSync(file, 'utf8')) : defaultSettings
    if (!found) notices.push(keptAside(file, setAside(file, clock)))
    if (existsSync(file)) chmodSync(file, 0o600)
    let settings = deepFreeze(found ?? structuredClone(defaultSettings))
    const conf = createConf({
      cwd: folder,
      configName: name,
      configFileMode: 0o600,
      serialize,
    })
    return {
      notices,
      read: () => settings,
      update(change) {
        const next = change(settings)
        if (next === settings) return
        const checked = deepFreeze(settingsSchema.parse(structuredClone(next)))
        guarded(file, () =>
          replaceChecked(file, serialize(checked), () => {
            conf.store = checked
          }),
        )
        settings = checked
      },
    }
  })
}

const createPlain = (options: ConfOptions): SettingsConf => new Conf<Settings>(options)

const serialize = (settings: Settings): string => `${JSON.stringify(settings, null, 2)}\n`

function parseSettings(text: string): Settings | null {
  try {
    const parsed = settingsSchema.safeParse(migrate(JSON.parse(text)))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON, or so far from settings that a migration stumbled over it.
    return null
  }
}

function keptAside(file: string, aside: string): string {
  return `The settings in ${file} could not be read. The file was kept as ${aside}, and the defaults apply.`
}

function notWritten(file: string, aside: string): string {
  return `The last change of the settings in ${file} was cut off. What was written was kept as ${aside}, and the settings before it apply.`
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `${file} cannot be used.`, { cause: error })
  }
}
