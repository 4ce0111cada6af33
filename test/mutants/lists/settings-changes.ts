import type { Mutant } from '../mutant.ts'

const confSettings = 'main/settings/conf-settings.ts'
const changesFile = 'main/settings/changes-file.ts'
const change = 'main/settings/change.ts'
const listedVault = 'main/vault/listed-vault.ts'
const inConfSettings = (test: string) => ({ file: 'test/settings/conf-settings.test.ts', test })
const inChange = (test: string) => ({ file: 'test/settings/change.test.ts', test })
const inChangesFile = (test: string) => ({ file: 'test/settings/changes-file.test.ts', test })
const inListedVault = (test: string) => ({ file: 'test/vault/listed-vault.test.ts', test })

/** A settings change writes only the change, and survives a crash of the process or the machine. */
export const settingsChanges: readonly Mutant[] = [
  {
    promise: 'a settings change does not rewrite all settings',
    changes: [
      {
        file: confSettings,
        find: 'if (this.#canGrow()) this.#changes.append(',
        replace: 'if (false) this.#changes.append(',
      },
    ],
    noticedBy: inConfSettings('write only what changed, and one file at the end'),
  },
  {
    promise: 'an incomplete change on a full disk is rolled back',
    changes: [{ file: changesFile, find: '      cutTo(open)\n', replace: '' }],
    noticedBy: inConfSettings('throw record_unavailable, and nothing has changed'),
  },
  {
    promise: 'changes that the settings file includes are removed',
    changes: [{ file: confSettings, find: '      this.#changes.remove()\n', replace: '' }],
    noticedBy: inConfSettings('write only what changed, and one file at the end'),
  },
  {
    promise: 'a changes file that a stop interrupted at its creation is not reported as lost',
    changes: [
      {
        file: changesFile,
        find: 'after: null, isDamaged: isTorn',
        replace: 'after: 0, isDamaged: isTorn',
      },
    ],
    noticedBy: inConfSettings(
      'report nothing for changes interrupted while their file was being created',
    ),
  },
  {
    promise: 'no change is appended to settings that replaced ours',
    changes: [
      {
        file: confSettings,
        find: 'this.#written !== null && identify(this.#file) === this.#written',
        replace: 'identify(this.#file) !== null',
      },
    ],
    noticedBy: inConfSettings('are rewritten if their file was replaced or deleted meanwhile'),
  },
  {
    promise: 'a file that is not a changes file is kept',
    changes: [
      {
        file: changesFile,
        find: 'header === undefined && isBegun(unfinished)',
        replace: 'header === undefined',
      },
    ],
    noticedBy: inConfSettings('keep a foreign line in place of changes'),
  },
  {
    promise: 'changes that are older than the settings are not applied to them',
    changes: [
      {
        file: confSettings,
        find: 'const isStale = (since?.after ?? found) < found',
        replace: 'const isStale = false',
      },
    ],
    noticedBy: inConfSettings(
      'apply no changes older than the file, as from a backup, but keep them and report it',
    ),
  },
  {
    promise: 'restored old changes are kept, and a notice says so',
    changes: [
      {
        file: confSettings,
        find: '(since.after ?? this.#edition.number) < this.#edition.number - 1',
        replace: '(since.after ?? 0) < 0',
      },
    ],
    noticedBy: inConfSettings(
      'apply no changes older than the file, as from a backup, but keep them and report it',
    ),
  },
  {
    promise: 'settings restored from a backup also take the changes made after newer settings',
    changes: [
      {
        file: confSettings,
        find: '(since?.after ?? found) < found',
        replace: '(since?.after ?? found) !== found',
      },
    ],
    noticedBy: inConfSettings('apply changes that follow a later file than the existing one'),
  },
  {
    promise: 'a pipe instead of the changes file does not block',
    changes: [{ file: changesFile, find: '    requireRegularFile(this.path)\n', replace: '' }],
    noticedBy: inConfSettings('report a folder in place of a file'),
  },
  {
    promise: 'a pipe instead of the settings file does not block',
    changes: [
      {
        file: confSettings,
        find: 'for (const found of [file, previousOf(file)]) requireRegularFile(found)',
        replace: '',
      },
    ],
    noticedBy: inConfSettings('report a folder in place of a file'),
  },
  {
    promise: 'a pipe instead of the ledger does not block',
    changes: [
      {
        file: 'main/vault/ledger/ledger-file.ts',
        find: '    requireRegularFile(this.#path)\n',
        replace: '',
      },
      {
        file: 'main/vault/ledger/ledger-file.ts',
        find: '  requireRegularFile(file)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'reports a folder in its place',
    },
  },
  {
    promise: 'no change is appended to restored old changes',
    changes: [
      {
        file: changesFile,
        find: 'return this.#isEmpty && !lstatSync(this.path, { throwIfNoEntry: false })?.isFile()',
        replace: 'return this.#isEmpty',
      },
    ],
    noticedBy: inConfSettings(
      'append nothing to earlier changes that are restored while they are open',
    ),
  },
  {
    promise: 'a start applies many changes in one pass',
    changes: [
      {
        file: change,
        find: 'applyChange(settings, merged(changes))',
        replace: 'changes.reduce(applyChange, settings)',
      },
    ],
    noticedBy: inChange('visits no record more often among a thousand changes than alone'),
  },
  {
    promise: 'many changes in one pass have the same result as one by one',
    changes: [
      { file: change, find: '      fresh.delete(key)\n    }\n    for', replace: '    }\n    for' },
    ],
    noticedBy: inChange(
      'has the same result for all changes at once as one by one, including order',
    ),
  },
  {
    promise: 'a process that lost the lock does not overwrite the settings',
    changes: [{ file: confSettings, find: 'if (isOurs && ', replace: 'if (' }],
    noticedBy: inConfSettings('are left to another process that has taken them over'),
  },
  {
    promise: 'changes that cannot be read are kept',
    changes: [
      {
        file: confSettings,
        find: `      this.#writeWhole(this.#settings)
      return setAside(this.#changes.path, clock)`,
        replace: `      this.#merge(this.#settings)
      return null`,
      },
    ],
    noticedBy: inConfSettings('keep changes'),
  },
  {
    promise: 'changes of a newer version are left alone',
    changes: [
      {
        file: changesFile,
        find: 'if (written && written.version > VERSION)',
        replace: 'if (written && written.version < 0)',
      },
    ],
    noticedBy: inConfSettings('are left as they are beside changes'),
  },
  {
    promise: 'a changed entry is written',
    changes: [
      {
        file: change,
        find: 'come: (fresh ?? []).filter((item) => !had.has(item))',
        replace: 'come: []',
      },
    ],
    noticedBy: {
      file: 'test/settings/change.test.ts',
      test: 'turns the earlier settings into the later ones, and leaves the later ones unchanged, for any change',
    },
  },
  {
    promise: 'data that the disk may have lost is not reported as written later',
    changes: [
      {
        file: changesFile,
        find: '      open.isUncertain = true\n      throw error',
        replace: '      throw error',
      },
    ],
    noticedBy: inChangesFile(
      'after a failed sync nothing counts as on disk, and no change is appended to that file',
    ),
  },
  {
    promise: 'a change made during a sync is on disk only after the next one',
    changes: [
      { file: changesFile, find: 'open.synced = reached', replace: 'open.synced = open.size' },
    ],
    noticedBy: inChangesFile('changes are on disk once a sync that began after them returns'),
  },
  {
    promise: 'no keychain item is written before the item list is on disk',
    changes: [
      {
        file: listedVault,
        find: '    await this.#list.onDisk()\n    await this.#vault.set(key, secret)',
        replace: '    await this.#vault.set(key, secret)',
      },
    ],
    noticedBy: inListedVault('writes and deletes no item before the references to it are on disk'),
  },
  {
    promise: 'no keychain item is deleted before its successor is referenced on disk',
    changes: [
      {
        file: listedVault,
        find: '      await this.#list.onDisk()\n      await this.#vault.delete(key)',
        replace: '      await this.#vault.delete(key)',
      },
    ],
    noticedBy: inListedVault('writes and deletes no item before the references to it are on disk'),
  },
  {
    promise: 'a change without effect is not written',
    changes: [
      {
        file: change,
        find: 'between(before.unrecorded ?? [], ',
        replace: 'between(before.unrecorded, ',
      },
    ],
    noticedBy: {
      file: 'test/settings/change.test.ts',
      test: 'is null if no lines wait for the record, before or after',
    },
  },
]
