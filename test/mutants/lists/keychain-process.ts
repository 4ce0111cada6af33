import type { Mutant } from '../mutant.ts'

const flow = (test: string) => ({ file: 'test/flows/keychain-process.test.ts', test })
const own = 'main/keychain-process.ts'

/** The keychain's process receives secrets only over its channel, and blocks nothing. */
export const keychainProcess: readonly Mutant[] = [
  {
    promise: "the keychain's process has no stream that could leak a secret",
    changes: [
      {
        file: 'main/vault/keychain/forked-keychain.ts',
        find: "stdio: ['ignore', 'ignore', 'ignore', 'ipc']",
        replace: "stdio: ['ignore', 'inherit', 'inherit', 'ipc']",
      },
    ],
    noticedBy: flow(
      'receives secrets only over its channel, and has no stream that could leak one',
    ),
  },
  {
    promise: "the keychain's process survives the signals of a terminal",
    changes: [
      { file: own, find: "['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1']", replace: "['SIGHUP']" },
    ],
    noticedBy: flow(
      'ignores the signals that a terminal sends to its whole group, and opens no debugger',
    ),
  },
  {
    promise: "the keychain's process exits with its parent, even while a call hangs",
    changes: [
      {
        file: own,
        find: "process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))",
        replace: '',
      },
    ],
    noticedBy: flow('exits with an agent that is killed, even while a call hangs'),
  },
  {
    promise: 'a link of Svix may be as long as the service allows',
    changes: [{ file: 'main/providers/svix/portal.ts', find: '{1,65536}', replace: '{1,8192}' }],
    noticedBy: {
      file: 'test/providers/svix/token-creation.test.ts',
      test: 'accepts a link as long as the service allows, and no longer one',
    },
  },
]
