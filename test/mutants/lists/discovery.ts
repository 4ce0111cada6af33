import type { Mutant } from '../mutant.ts'

/** Whoever runs is found, and nobody else is taken for it. */
export const discovery: readonly Mutant[] = [
  {
    promise:
      'a pipe in the place of the endpoint file keeps nobody waiting, and nobody believes what comes by it',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: 'return readPlain(file)',
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
      test: 'waits for nobody at the other end of a pipe that somebody has put there',
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
    promise: 'a file that names a port that there is not is a stale one',
    changes: [
      {
        file: 'main/loopback/found/discovery.ts',
        find: '      URL.canParse(issuer) &&\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'a port that there is not',
    },
  },
  {
    promise: 'a lock in the usual place leads to it as well',
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
    promise: 'what others have put into one place keeps nobody from another',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: '      refusal ??= error',
        replace: '      throw error',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'also where others have put something into the place of this session',
    },
  },
  {
    promise: 'of one that runs and that nothing leads to it is said that it runs',
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
    promise: 'one that runs and does not listen is not said to be none',
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
    promise: 'a port that another user has taken since is sent nothing',
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
    promise: 'files that were taken away come back',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'restore: () => write(false)',
        replace: 'restore: () => directories.run',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'comes back, with the same key, where somebody took away ',
    },
  },
  {
    promise: 'a key that was emptied comes back',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (!isAsWritten(file, text)) place(',
        replace: "if (file.endsWith('.json') && !isAsWritten(file, text)) place(",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'comes back, with the same key, where somebody took away ',
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
      test: 'leaves alone what another instance has put there since',
    },
  },
  {
    promise: 'without a session the files lie beside the data',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (directories.run === beside.run || canBeMade(directories.run)) {',
        replace: "if (directories.run !== '') {",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'lies beside the data while the folder for what runs cannot be made',
    },
  },
  {
    promise: 'files beside the data go when the session is back',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '      if (directories.run !== beside.run) removeOwn(beside, own)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'lies beside the data while the folder for what runs cannot be made',
    },
  },
  {
    promise: 'files that are there are not written again',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'if (!isAsWritten(file, text)) place(',
        replace: 'place(',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is written again only where it is missing',
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
    promise: 'what leads to Tokentray is put right where somebody has changed it',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '  return isOwn && readPlain(file) === text',
        replace: '  return isOwn',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'comes back, with the same key, where somebody took away',
    },
  },
  {
    promise: 'what leads to Tokentray is made private again where somebody has opened it',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'process.getuid === undefined || (found.mode & 0o077) === 0',
        replace: 'true',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'comes back, with the same key, where somebody took away',
    },
  },
  {
    promise: 'a link in the place of the lock is refused, and keeps no start busy for ever',
    changes: [
      {
        file: 'main/base/process/instance-lock.ts',
        find: '      if (highest > 0) refuseLink(lockFile(folder, highest), REMOVE_LOCK)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/base/process/instance-lock.test.ts',
      test: 'in its place, and says what to do',
    },
  },
]
