import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import Conf from 'conf'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { followLink } from '../base/links.ts'
import { madeByNewer } from '../base/newer-version.ts'
import { makePrivate, requireOwnTarget } from '../base/own-file.ts'
import { asideOf, setAside } from '../base/set-aside.ts'
import { deepFreeze } from './freeze.ts'
import {
  finishReplacement,
  previousOf,
  removeUnfinished,
  replaceChecked,
} from './previous-version.ts'
import { defaultSettings, type Settings, settingsSchema } from './schema.ts'
import type { SettingsStore } from './settings.ts'
import { parseSettings, serialize } from './stored-settings.ts'

/** What a `Conf` is to be made with; electron-store calls `configName` just `name`. */
export interface ConfOptions {
  readonly cwd: string
  readonly configName: string
  readonly configFileMode: number
  /** Ours, so that the bytes that must be in the file afterwards are known. */
  readonly serialize: (settings: Settings) => string
  /** What the file holds, which was read before: conf takes no byte order mark, nor UTF-16. */
  readonly deserialize: () => Settings
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
 * The settings in a JSON file of this folder. A file that is no settings is kept under another name,
 * which a notice tells at this and every later start until somebody takes it away, and the defaults
 * apply. Throws `newer_version` for settings of a newer Tokentray and `record_unavailable` if the
 * folder or a link in the place of the file leads to nothing usable; then nothing was touched. What a
 * link leads to is read and written, and keeps its mode.
 */
export function openSettings({
  folder,
  name = 'settings',
  clock,
  createConf = createPlain,
}: SettingsPlace) {
  const place = path.join(folder, `${name}.json`)
  return guarded(place, (): SettingsStore => {
    const file = followLink(place)
    const isLinked = file !== place
    if (isLinked) requireOwnTarget(place, file)
    for (const found of [file, previousOf(file)]) refuseNewer(found)
    if (isLinked) refuseForeign(place, file)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    removeUnfinished(file)
    const torn = finishReplacement(file, isGood, clock)
    // Read here and before conf: its constructor throws for what is not JSON, or clears the file.
    const stored = existsSync(file) ? parseSettings(readFileSync(file)) : null
    const aside = stored?.kind === 'unreadable' ? setAside(file, clock) : null
    if (!isLinked && existsSync(file)) makePrivate(file)
    const found = stored?.kind === 'settings' ? stored.settings : structuredClone(defaultSettings)
    let settings = deepFreeze(found)
    const conf = createConf({
      cwd: folder,
      configName: name,
      // What stands elsewhere has the mode that somebody gave it.
      configFileMode: isLinked ? statSync(file).mode & 0o777 : 0o600,
      serialize,
      deserialize: () => structuredClone(settings),
    })
    const older = asideOf(file).filter((kept) => kept !== torn && kept !== aside)
    return {
      notices: [
        ...(torn ? [notWritten(file, torn)] : []),
        ...(aside ? [keptAside(file, aside)] : []),
        ...older.map(stillThere),
      ],
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

const isGood = (content: Buffer): boolean => parseSettings(content).kind === 'settings'

function refuseNewer(file: string): void {
  if (!existsSync(file)) return
  const stored = parseSettings(readFileSync(file))
  if (stored.kind === 'newer') throw madeByNewer(file, stored.writtenBy)
}

/** A link may lead to anything: what are no settings is not ours to set aside, or to replace. */
function refuseForeign(place: string, file: string): void {
  // With this beside it, a change of ours was cut off there.
  if (existsSync(previousOf(file)) || isGood(readFileSync(file))) return
  throw new TokentrayError(
    'record_unavailable',
    `${place} is a link to ${file}, which holds no settings of Tokentray.`,
    { hint: 'Correct the link or that file, or remove the link. Nothing was changed.' },
  )
}

function keptAside(file: string, aside: string): string {
  return `The settings in ${file} could not be read. The file was kept as ${aside}, and the defaults apply.`
}

function notWritten(file: string, aside: string): string {
  return `The last change of the settings in ${file} was cut off. What was written was kept as ${aside}, and the settings before it apply.`
}

function stillThere(aside: string): string {
  return `Settings that could not be read are kept as ${aside}. Delete that file once you need nothing from it.`
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `${file} cannot be used.`, { cause: error })
  }
}
