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
type SettingsConf = Pick<Conf<Settings>, 'store'>

interface SettingsPlace {
  readonly folder: string
  /** The file's name without `.json`; `settings` unless given. */
  readonly name?: string
  readonly clock: Clock
  /** Left out: conf itself. */
  readonly createConf?: (options: ConfOptions) => SettingsConf
}

/** More than is made in years; read at every start that follows a crash. */
const MOST_BYTES = 10_000_000

/**
 * The settings in a JSON file of this folder, and what was changed since that was written in another
 * beside it (`NAME.json.changes`), so that a change costs what it changes. The two are made one at each
 * start and end. A file that is no settings is kept under another name, which a notice tells at this
 * and every later start until somebody takes it away, and the defaults apply. Throws `newer_version`
 * for settings of a newer Tokentray and `record_unavailable` if the folder or a link in the place of
 * the file leads to nothing usable; then nothing was touched. What a link leads to is read and written,
 * and keeps its mode.
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
    // Read here and before conf: its constructor throws for what is not JSON, or clears the file.
    const stored = existsSync(file) ? parseSettings(readFileSync(file)) : null
    const aside = stored?.kind === 'unreadable' ? setAside(file, clock) : null
    if (!isLinked && existsSync(file)) makePrivate(file)
    const isFound = stored?.kind === 'settings'
    const base = deepFreeze(isFound ? stored.settings : structuredClone(defaultSettings))
    const found = isFound ? stored.edition : 0
    const isStale = (since?.after ?? found) < found
    const settings = isFound && since && !isStale ? applyChanges(base, since.changes) : base
    // Counted on from whatever is there: a file from a backup may be older than its changes.
    const edition = { number: Math.max(found, since?.after ?? 0) }
    const conf = createConf({
      cwd: folder,
      configName: name,
      // What stands elsewhere has the mode that somebody gave it.
      configFileMode: isLinked ? statSync(file).mode & 0o777 : 0o600,
      serialize: (next) => serialize(next, edition.number),
      deserialize: () => structuredClone(settings),
    })
    const kept = setAsideCopies(file).filter((other) => other !== torn && other !== aside)
    const lost = setAsideCopies(changes.path)
    const store = new FileSettings({ file, conf, changes, settings, edition })
    const spoiled = store.takeIn(since, isFound, clock)
    store.notices = [
      ...(torn ? [notWritten(file, torn)] : []),
      ...(aside ? [keptAside(file, aside)] : []),
      ...(spoiled ? [changesKeptAside(file, spoiled)] : []),
      ...[...kept, ...lost].map(stillThere),
    ]
    return store
  })
}

interface FileSettingsParts {
  readonly file: string
  readonly conf: SettingsConf
  readonly changes: ChangesFile
  readonly settings: Settings
  /** How often the file has been written; counted here, and written by conf. */
  readonly edition: { number: number }
}

class FileSettings implements SettingsStore {
  notices: readonly string[] = []
  readonly #file: string
  readonly #conf: SettingsConf
  readonly #changes: ChangesFile
  readonly #edition: { number: number }
  #settings: Settings
  /** Which file ours is, by its number; `null` before there is one. */
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
      else this.#makeOne(next)
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
      if (isOurs && !this.#changes.isEmpty) this.#makeOne(this.#settings)
    } catch {
      // The next start reads both.
    }
    this.#changes.close()
  }

  /**
   * Makes one of what was read from two. Where changes cannot be read, or belong to settings that are
   * not there or to much earlier ones, they are kept under another name, which is returned.
   */
  takeIn(since: FoundChanges | null, isFound: boolean, clock: Clock): string | null {
    if (!since) return null
    const isBare = since.after === null && !since.isDamaged
    if (!isFound && !isBare) return setAside(this.#changes.path, clock)
    if (since.isDamaged) {
      // First what could be read of them: if that cannot be kept, nothing was touched.
      this.#writeWhole(this.#settings)
      return setAside(this.#changes.path, clock)
    }
    // Those that the file was made with may be left by a kill; older ones somebody has brought back.
    if ((since.after ?? this.#edition.number) < this.#edition.number - 1)
      return setAside(this.#changes.path, clock)
    try {
      if (isBare) this.#changes.remove()
      else this.#makeOne(this.#settings)
    } catch {
      // A full disk is no reason not to start: it goes on with the two.
    }
    return null
  }

  /** Somebody may have taken the file away or put another there: changes alone, or after that, are of no use. */
  #canGrow(): boolean {
    const { isInDoubt, isEmpty, after, size } = this.#changes
    const isOfThis = isEmpty || after === this.#edition.number
    const isThere = this.#written !== null && identify(this.#file) === this.#written
    return isThere && isOfThis && !isInDoubt && size <= MOST_BYTES
  }

  /** Stopped between the two, it leaves changes that the file is known to have. */
  #makeOne(settings: Settings): void {
    this.#writeWhole(settings)
    try {
      this.#changes.remove()
    } catch {
      // With the next change: none is added to them.
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

function changesKeptAside(file: string, aside: string): string {
  return `Some of the last changes of the settings in ${file} could not be used. They were kept as ${aside}, and the settings before them apply.`
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
