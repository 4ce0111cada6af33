import type { Mutant } from '../mutant.ts'

/** A running Tokentray is found, and nothing else is mistaken for it. */
export const discovery: readonly Mutant[] = [
  {
    promise: 'after a kill the command line says that Tokentray ended unexpectedly',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: '!folders.some(wasKilled)',
        replace: 'folders.length > 0',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'if its process is gone, and ended unexpectedly, because its file is still there',
    },
  },
  {
    promise:
      'a pipe instead of the endpoint file blocks no reader, and its contents are not trusted',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: 'return readRegularFile(file)',
        replace: "return readFileSync(file, 'utf8')",
      },
      {
        file: 'main/loopback/found/discovery.ts',
        find: "import path from 'node:path'\n",
        replace: "import { readFileSync } from 'node:fs'\nimport path from 'node:path'\n",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'does not block on a pipe that replaced a file, and ignores what is written to it',
    },
  },
  {
    promise: 'the lock leads to a Tokentray of another session',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: 'dataFolders(directories).flatMap((data) => findHolder(data)?.run ?? [])',
        replace: 'dataFolders(directories).flatMap((): string[] => [])',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'by the lock, which lies with the data and names the place',
    },
  },
  {
    promise: 'a lock that other users can write to names no process',
    changes: [
      {
        file: 'main/base/process/instance-lock.ts',
        find: 'parseHolder(readOwnFile(lockFile(folder, highest)))',
        replace: 'readHolder(lockFile(folder, highest))',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/stop.test.ts',
      test: 'that others can write to is not signalled',
    },
  },
  {
    promise: 'an endpoint file with an invalid port is stale',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: '      parseUrl(issuer) !== null &&\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'a port out of range',
    },
  },
  {
    promise: 'a lock in the default folder leads to it as well',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: '[...new Set([data, ...others.map((other) => other.data)])]',
        replace: '[data]',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'where the data lie in the usual place and not in that of this session',
    },
  },
  {
    promise: 'foreign files in one folder do not block another folder',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: '      refusal ??= error',
        replace: '      throw error',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'even if another user has planted files in the folder of the session',
    },
  },
  {
    promise: 'a running Tokentray without discovery files is reported as running',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: '  if (!broker) {',
        replace: '  if (broker !== undefined) {',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'and says that it runs when nothing leads to it',
    },
  },
  {
    promise: 'a running Tokentray that does not listen is not reported as missing',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: '    throw doesNotAnswer(endpoint.pid)',
        replace: '    return null',
      },
    ],
    noticedBy: { file: 'test/cli/api/connect.test.ts', test: 'is not said to be no Tokentray' },
  },
  {
    promise: 'nothing is sent to a port that another user has taken since',
    changes: [
      {
        file: 'main/cli/api/own-server.ts',
        find: '    if (owner === uid) return socket',
        replace: '    if (owner >= 0) return socket',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'is sent nothing, although it was ours when it was looked at',
    },
  },
  {
    promise: 'removed discovery files are restored',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '    const run = write(false)\n',
        replace: '    const { run } = directories\n',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is restored with the same key after the loss of ',
    },
  },
  {
    promise: 'an emptied key file is restored',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (!isAsWritten(file, text)) place(',
        replace: "if (file.endsWith('.json') && !isAsWritten(file, text)) place(",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is restored with the same key after the loss of ',
    },
  },
  {
    promise: 'the files of another instance are left alone',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '    if (found && found.instance !== endpoint.instance && !isFirst) return\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'does not overwrite the files of a later instance',
    },
  },
  {
    promise: 'without a session the discovery files are in the data folder',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (directories.run === beside.run || canBeMade(directories.run)) {',
        replace: "if (directories.run !== '') {",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is stored beside the data only while the runtime folder cannot be created',
    },
  },
  {
    promise: 'discovery files in the data folder are removed when the session is back',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '      if (directories.run !== beside.run) removeOwn(beside, own)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is stored beside the data only while the runtime folder cannot be created',
    },
  },
  {
    promise: 'existing discovery files are not rewritten',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (!isAsWritten(file, text)) place(',
        replace: 'place(',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is written again only if it is missing',
    },
  },
  {
    promise: 'a second Tokentray of this user, with other folders, does not start',
    changes: [
      {
        file: 'main/compose.ts',
        find: '    if (other) throw alreadyRunning(other)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/flows/discovery.test.ts',
      test: 'by a second agent with other folders, which does not start',
    },
  },
  {
    promise: 'discovery files that were changed are corrected',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '  return isOwn && readRegularFile(file) === text',
        replace: '  return isOwn',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is restored with the same key after the loss of ',
    },
  },
  {
    promise: 'discovery files that were made readable are made private again',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'process.getuid === undefined || (found.mode & 0o077) === 0',
        replace: 'true',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is restored with the same key after the loss of ',
    },
  },
  {
    promise: 'a link instead of the lock is refused, and does not block a start forever',
    changes: [
      {
        file: 'main/base/process/instance-lock.ts',
        find: '      if (highest > 0) refuseLink(lockFile(folder, highest), REMOVE_LOCK)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/base/process/instance-lock.test.ts',
      test: 'at its path, and says what to do',
    },
  },
]
