import { fork } from 'node:child_process'
import type { KeychainAnswer, StartKeychainProcess } from './keychain-process.ts'

/** Environment variables that make Node print, load or open something the keychain process must not. */
const NODE_SETTINGS = /^(NODE_OPTIONS|NODE_DEBUG|NODE_DEBUG_NATIVE|NODE_V8_COVERAGE)$/

/**
 * Starts the keychain process as plain Node from `file`, its built entry. It has no standard streams, so
 * nothing that it or the library prints can leak a secret.
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
      // If sending fails, the process exits, and the exit is reported.
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
