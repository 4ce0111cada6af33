import { existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import Conf from 'conf'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { followLink, requireRegularFile } from '../base/files/links.ts'
import { makePrivate, requireOwnedTarget } from '../base/files/owned-file.ts'
import { setAside, setAsideCopies } from '../base/files/set-aside.ts'
import { newerVersionError } from '../base/version.ts'
import { applyChange, applyChanges, changeBetween, parseChange } from './change.ts'
import { ChangesFile, type FoundChanges } from './changes-file.ts'
import { deepFreeze } from './freeze.ts'
import {
  finishReplacement,
  previousOf,
  removeUnfinished,
  replaceChecked,
} from './previous-version.ts'
import { defaultSettings, type Settings } from './schema.ts'
import type { SettingsStore } from './settings.ts'
import { parseSettings, serialize } from './stored-settings.ts'

/** Options for `Conf`; electron-store's name for `configName` is `name`. */
export interface ConfOptions {
  readonly cwd: string
  readonly configName: string
  readonly configFileMode: number
  /** Set by us, so that the bytes the file must contain afterwards are known. */
  readonly serialize: (settings: Settings) => string
  /** Returns the content that was read before: conf accepts neither a byte order mark nor UTF-16. */
  readonly deserialize: () => Settings
}

/** The part of `Conf`, and of electron-store's `Store`, that is used. */
type SettingsConf = Pick<Conf<Settings>, 'store'>

interface SettingsPlace {
  readonly folder: string
  /** The file's name without `.json`; default `settings`. */
  readonly name?: string
  readonly clock: Clock
  /** Default: conf itself. */
  readonly createConf?: (options: ConfOptions) => SettingsConf
}

/** More than years of changes amount to; read at every start after a crash. */
const MOST_BYTES = 10_000_000

/**
 * The settings in a JSON file of this folder, with later changes in a second file beside it
 * (`NAME.json.changes`), so that a change costs only its own size. The two are merged at each start and
 * stop.
 *
 * A file that does not hold settings is kept under another name, which a notice reports at this and every
 * later start until the file is deleted, and the default settings are used. Throws `newer_version` for settings of a
 * newer Tokentray, and `record_unavailable` if the folder or the target of a link cannot be used; nothing
 * has been changed then. A linked file is read and written in its place and keeps its mode.
 */
export function openSettings({
  folder,
  name = 'settings',
  clock,
  createConf = createPlain,
}: SettingsPlace): SettingsStore {
  const place = path.join(folder, `${name}.json`)
  return guarded(place, () => {
    const file = followLink(place)
    const isLinked = file !== place
    if (isLinked) requireOwnedTarget(place, file)
    for (const found of [file, previousOf(file)]) requireRegularFile(found)
    for (const found of [file, previousOf(file)]) refuseNewer(found)
    if (isLinked) refuseForeign(place, file)
    const changes = new ChangesFile(`${place}.changes`, clock)
    const since = changes.find()
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    removeUnfinished(file)
    const torn = finishReplacement(file, isGood, clock)
    // Read before conf is created: its constructor throws on invalid JSON, or clears the file.
    const stored = existsSync(file) ? parseSettings(readFileSync(file)) : null
    const aside = stored?.kind === 'unreadable' ? setAside(file, clock) : null
    if (!isLinked && existsSync(file)) makePrivate(file)
    const isFound = stored?.kind === 'settings'
    const base = deepFreeze(isFound ? stored.settings : structuredClone(defaultSettings))
    const found = isFound ? stored.edition : 0
    const isStale = (since?.after ?? found) < found
    const settings = isFound && since && !isStale ? applyChanges(base, since.changes) : base
    // Continues from the higher of the two: a file restored from a backup may be older than its changes.
    const edition = { number: Math.max(found, since?.after ?? 0) }
    const conf = createConf({
      cwd: folder,
      configName: name,
      // A linked file keeps the mode that its owner gave it.
      configFileMode: isLinked ? statSync(file).mode & 0o777 : 0o600,
      serialize: (next) => serialize(next, edition.number),
      deserialize: () => structuredClone(settings),
    })
    const kept = setAsideCopies(file).filter((other) => other !== torn && other !== aside)
    const lost = setAsideCopies(changes.path)
    const store = new FileSettings({ file, conf, changes, settings, edition })
    const unmerged = store.mergeChanges(since, isFound, clock)
    store.notices = [
      ...(torn ? [notWritten(file, torn)] : []),
      ...(aside ? [keptAside(file, aside)] : []),
      ...(unmerged ? [changesKeptAside(file, unmerged)] : []),
      ...[...kept, ...lost].map(stillSetAside),
    ]
    return store
  })
}

interface FileSettingsParts {
  readonly file: string
  readonly conf: SettingsConf
  readonly changes: ChangesFile
  readonly settings: Settings
  /** How often the file has been written; counted here, written by conf. */
  readonly edition: { number: number }
}

class FileSettings implements SettingsStore {
  notices: readonly string[] = []
  readonly #file: string
  readonly #conf: SettingsConf
  readonly #changes: ChangesFile
  readonly #edition: { number: number }
  #settings: Settings
  /** Identifies our file by its inode; `null` if there is none yet. */
  #written: string | null
  #isClosed = false

  constructor({ file, conf, changes, settings, edition }: FileSettingsParts) {
    this.#file = file
    this.#conf = conf
    this.#changes = changes
    this.#settings = settings
    this.#written = identify(file)
    this.#edition = edition
  }

  read(): Settings {
    return this.#settings
  }

  update(change: (settings: Settings) => Settings): void {
    const changed = changeBetween(this.#settings, change(this.#settings))
    if (!changed) return
    const line = JSON.stringify(changed)
    const next = applyChange(this.#settings, parseChange(line))
    guarded(this.#file, () => {
      if (this.#isClosed) throw new Error('The settings are closed.')
      if (this.#canGrow()) this.#changes.append(line, this.#edition.number)
      else this.#merge(next)
    })
    this.#settings = next
  }

  onDisk(): Promise<void> {
    return this.#changes.onDisk()
  }

  close({ isOurs } = { isOurs: true }): void {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      if (isOurs && !this.#changes.isEmpty) this.#merge(this.#settings)
    } catch {
      // The next start reads both files.
    }
    this.#changes.close()
  }

  /**
   * Merges the two files. Changes that cannot be read, or that belong to missing or much earlier settings,
   * are kept under another name, which is returned.
   */
  mergeChanges(since: FoundChanges | null, isFound: boolean, clock: Clock): string | null {
    if (!since) return null
    const isBare = since.after === null && !since.isDamaged
    if (!isFound && !isBare) return setAside(this.#changes.path, clock)
    if (since.isDamaged) {
      // The readable changes first: if they cannot be stored, nothing has been touched.
      this.#writeWhole(this.#settings)
      return setAside(this.#changes.path, clock)
    }
    // A kill may leave changes that the file already contains; older ones were restored by hand.
    if ((since.after ?? this.#edition.number) < this.#edition.number - 1)
      return setAside(this.#changes.path, clock)
    try {
      if (isBare) this.#changes.remove()
      else this.#merge(this.#settings)
    } catch {
      // A full disk must not prevent a start: the two files stay separate.
    }
    return null
  }

  /**
   * The file may have been deleted or replaced: changes without it, or following another one, are useless.
   */
  #canGrow(): boolean {
    const { isUncertain, isEmpty, after, size } = this.#changes
    const isOfThis = isEmpty || after === this.#edition.number
    const isThere = this.#written !== null && identify(this.#file) === this.#written
    return isThere && isOfThis && !isUncertain && size <= MOST_BYTES
  }

  /** If interrupted between the two steps, it leaves changes that the file is known to contain. */
  #merge(settings: Settings): void {
    this.#writeWhole(settings)
    try {
      this.#changes.remove()
    } catch {
      // Retried with the next change; nothing is appended to these.
    }
  }

  #writeWhole(settings: Settings): void {
    const edition = this.#edition
    edition.number += 1
    try {
      replaceChecked(this.#file, serialize(settings, edition.number), () => {
        this.#conf.store = settings
      })
      this.#written = identify(this.#file)
    } catch (error) {
      edition.number -= 1
      throw error
    }
  }
}

function identify(file: string): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false })
  return found?.isFile() ? `${found.dev}.${found.ino}` : null
}

const createPlain = (options: ConfOptions): SettingsConf => new Conf<Settings>(options)

const isGood = (content: Buffer): boolean => parseSettings(content).kind === 'settings'

function refuseNewer(file: string): void {
  if (!existsSync(file)) return
  const stored = parseSettings(readFileSync(file))
  if (stored.kind === 'newer') throw newerVersionError(file, stored.writtenBy)
}

/** A link may point to any file: one that does not hold settings must be neither set aside nor replaced. */
function refuseForeign(place: string, file: string): void {
  // If this exists beside it, a write of ours was interrupted.
  if (existsSync(previousOf(file)) || isGood(readFileSync(file))) return
  throw new TokentrayError(
    'record_unavailable',
    `${place} is a link to ${file}, which does not contain Tokentray settings.`,
    { hint: 'Fix the link or that file, or delete the link. Nothing was changed.' },
  )
}

function keptAside(file: string, aside: string): string {
  return `The settings in ${file} could not be read. The file was kept as ${aside}, and the default settings are used.`
}

function notWritten(file: string, aside: string): string {
  return `The last change of the settings in ${file} was interrupted. The incomplete file was kept as ${aside}, and the previous settings are used.`
}

function changesKeptAside(file: string, aside: string): string {
  return `Some of the last changes of the settings in ${file} could not be used. They were kept as ${aside}, and the settings from before them are used.`
}

function stillSetAside(aside: string): string {
  return `Unreadable settings are kept as ${aside}. Delete that file when you no longer need it.`
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `${file} cannot be used.`, { cause: error })
  }
}
