import type { Mutant } from '../mutant.ts'

const storedSettings = 'main/settings/stored-settings.ts'
const confSettings = 'main/settings/conf-settings.ts'
const links = 'main/base/files/links.ts'
const ownFile = 'main/base/files/owned-file.ts'
const directories = 'main/base/files/directories.ts'
const stayingFound = 'main/loopback/found/staying-found.ts'
const keptPort = 'main/loopback/found/kept-port.ts'
const inConfSettings = (test: string) => ({ file: 'test/settings/conf-settings.test.ts', test })
const inOwnFile = (test: string) => ({ file: 'test/base/files/owned-file.test.ts', test })
const inDirectories = (test: string) => ({ file: 'test/base/files/directories.test.ts', test })
const inStayingFound = (test: string) => ({
  file: 'test/loopback/found/staying-found.test.ts',
  test,
})
const inPort = (test: string) => ({ file: 'test/loopback/found/port.test.ts', test })

/** Files of other users and of newer versions are left alone, and a running Tokentray is found. */
export const settingsAndDiscovery: readonly Mutant[] = [
  {
    promise: 'settings of a newer version are not set aside',
    changes: [
      {
        file: storedSettings,
        find: `  if (version > defaultSettings.version) return newer
`,
        replace: '',
      },
    ],
    noticedBy: inConfSettings('are left as they are'),
  },
  {
    promise: 'settings with a member of a newer version are not set aside',
    changes: [
      {
        file: storedSettings,
        find: 'return isFromLater || isOnlyMore ? newer',
        replace: 'return isFromLater ? newer',
      },
    ],
    noticedBy: inConfSettings('are left as they are'),
  },
  {
    promise: 'settings with a value of a newer version are not set aside',
    changes: [
      {
        file: storedSettings,
        find: 'return isFromLater || isOnlyMore ? newer',
        replace: 'return isOnlyMore ? newer',
      },
    ],
    noticedBy: inConfSettings('are left as they are'),
  },
  {
    promise: 'the error names the version that wrote the settings',
    changes: [
      {
        file: confSettings,
        find: 'throw newerVersionError(file, stored.writtenBy)',
        replace: 'throw newerVersionError(file)',
      },
    ],
    noticedBy: inConfSettings('are left as they are'),
  },
  {
    promise: 'files that a newer version left after a crash are left alone',
    changes: [
      {
        file: confSettings,
        find: 'for (const found of [file, previousOf(file)]) refuseNewer(found)',
        replace: 'refuseNewer(file)',
      },
    ],
    noticedBy: inConfSettings('are left as they are'),
  },
  {
    promise: 'a byte order mark does not make settings unreadable',
    changes: [
      {
        file: storedSettings,
        find: 'return new TextDecoder(encoding).decode(bytes)',
        replace: 'return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)',
      },
    ],
    noticedBy: inConfSettings('are read from a file with a byte order mark'),
  },
  {
    promise: 'settings in UTF-16 are read',
    changes: [
      {
        file: storedSettings,
        find: `first === 0xff && second === 0xfe
`,
        replace: `first === 0xff && second === 0xff
`,
      },
    ],
    noticedBy: inConfSettings('are read from a file with a byte order mark'),
  },
  {
    promise: 'a dangling link is not treated as missing settings',
    changes: [
      {
        file: links,
        find: `    return realpathSync(file)
  } catch (error) {
`,
        replace: `    return realpathSync(file)
  } catch (error) {
    if (error) return file
`,
      },
    ],
    noticedBy: inConfSettings(
      'are not recreated through a dangling link, and create no target for it',
    ),
  },
  {
    promise: 'the target of a link keeps its mode',
    changes: [
      {
        file: confSettings,
        find: 'if (!isLinked && existsSync(file)) makePrivate(file)',
        replace: 'if (existsSync(file)) makePrivate(file)',
      },
    ],
    noticedBy: inConfSettings('keep the mode of the file that a link points to'),
  },
  {
    promise: 'the target of a link keeps its mode when settings are written',
    changes: [
      {
        file: confSettings,
        find: 'configFileMode: isLinked ? statSync(file).mode & 0o777 : 0o600,',
        replace: 'configFileMode: 0o600,',
      },
    ],
    noticedBy: inConfSettings('keep the mode of the file that a link points to'),
  },
  {
    promise: 'the target of a link is not moved if it is not a settings file',
    changes: [
      { file: confSettings, find: 'if (isLinked) refuseForeign(place, file)', replace: '' },
    ],
    noticedBy: inConfSettings(
      'neither move nor change the target of a link if it does not hold settings',
    ),
  },
  {
    promise: 'a file that other users could replace is not read as settings',
    changes: [
      { file: confSettings, find: 'if (isLinked) requireOwnedTarget(place, file)', replace: '' },
    ],
    noticedBy: inConfSettings('a folder where everybody may write'),
  },
  {
    promise: 'the mode of the target of a link is not changed',
    changes: [
      {
        file: ownFile,
        find: 'O_RDONLY | O_NOFOLLOW | O_NONBLOCK',
        replace: 'O_RDONLY | O_NONBLOCK',
      },
    ],
    noticedBy: inOwnFile('what a link leads to'),
  },
  {
    promise: "a program started by cron finds the desktop's Tokentray",
    changes: [
      {
        file: directories,
        find: `        ? [{ data, run: path.join('/run/user', String(user.uid), 'tokentray') }]
`,
        replace: `        ? []
`,
      },
    ],
    noticedBy: inDirectories('are also looked for where another kind of session has them'),
  },
  {
    promise: "a separate home directory does not lead to the user's Tokentray",
    changes: [
      {
        file: directories,
        find: `...(home === user.homedir
`,
        replace: `...(home !== user.homedir || home === user.homedir
`,
      },
    ],
    noticedBy: inDirectories('of another home do not lead to those of the user'),
  },
  {
    promise: 'removed discovery files are restored soon',
    changes: [
      {
        file: stayingFound,
        find: '      lookIn(SETTLE_MS)',
        replace: '      lookIn(LOOK_ALL_THE_SAME_MS)',
      },
    ],
    noticedBy: inStayingFound(
      'checks soon after one of its files has changed, and rarely otherwise',
    ),
  },
  {
    promise: 'restoring discovery files is retried',
    changes: [
      {
        file: stayingFound,
        find: 'lookIn(unwatch && isInPlace ? LOOK_ALL_THE_SAME_MS : LOOK_MS)',
        replace:
          'if (files.length > 0) lookIn(unwatch && isInPlace ? LOOK_ALL_THE_SAME_MS : LOOK_MS)',
      },
    ],
    noticedBy: inStayingFound('tries again if the files cannot be written'),
  },
  {
    promise: 'a broker stops if another one has taken over',
    changes: [
      {
        file: stayingFound,
        find: `        lost()
`,
        replace: '',
      },
    ],
    noticedBy: inStayingFound('reports once that another instance has replaced it'),
  },
  {
    promise: 'the lock says where the discovery files are',
    changes: [
      {
        file: stayingFound,
        find: 'if (!lock.keep(run)) {',
        replace: 'if (!lock.keep(published.wanted)) {',
      },
    ],
    noticedBy: inStayingFound(
      'checks regularly if the system reports nothing, and writes the folder into its lock',
    ),
  },
  {
    promise: 'the program that uses the port is reported',
    changes: [
      {
        file: keptPort,
        find: "canSee && listener !== uid ? 'a program of another user' : 'another program'",
        replace: "'another program'",
      },
    ],
    noticedBy: inPort('says whose program has it, and when it has exited'),
  },
  {
    promise: 'it is reported when the other program has released the port',
    changes: [
      {
        file: keptPort,
        find: 'if (canSee && listener === null) {',
        replace: 'if (canSee && listener === 0) {',
      },
    ],
    noticedBy: inPort('says whose program has it, and when it has exited'),
  },
]
