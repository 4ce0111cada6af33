import { fork } from 'node:child_process'
import type { KeychainAnswer, StartKeychainProcess } from './keychain-process.ts'

/** What makes Node print, load or open something that the keychain's process must not. */
const NODE_SETTINGS = /^(NODE_OPTIONS|NODE_DEBUG|NODE_DEBUG_NATIVE|NODE_V8_COVERAGE)$/

/**
 * Starts the keychain's process as plain Node. `file` is its built entry. It has no standard streams:
 * nothing that it or the library prints can carry a secret anywhere.
 */
export function forkKeychain(file: string): StartKeychainProcess {
  return () => {
    const child = fork(file, [], {
      execArgv: [],
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !NODE_SETTINGS.test(name)),
      ),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    return {
      // A failure to send is followed by the end of the process, which is told.
      send: (question) => void child.send(question, () => undefined),
      onAnswer: (hear) => void child.on('message', (answer) => hear(answer as KeychainAnswer)),
      onExit: (hear) => {
        child.once('exit', (code, signal) => hear(signal ?? `exit code ${code}`))
        child.on('error', (error) => {
          if (child.pid === undefined) hear(error.message)
        })
      },
      kill: () => void child.kill('SIGKILL'),
    }
  }
}
