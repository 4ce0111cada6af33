import type { UtilityProcess } from 'electron'
import type { StartKeychainProcess } from '../../vault/keychain/keychain-process.ts'

interface Utility {
  fork(
    file: string,
    args: string[],
    options: {
      readonly serviceName: string
      readonly stdio: 'ignore'
      readonly allowLoadingUnsignedLibraries: boolean
    },
  ): UtilityProcess
}

/**
 * Starts the keychain's process as a utility process of Electron: the packaged app cannot run as plain
 * Node. `file` is its built entry. Only after Electron is ready.
 */
export function utilityKeychain(utility: Utility, file: string): StartKeychainProcess {
  return () => {
    const child = utility.fork(file, [], {
      serviceName: 'Tokentray keychain',
      // Nothing that it or the library prints can carry a secret anywhere.
      stdio: 'ignore',
      // macOS: keytar's binary carries no signature of ours.
      allowLoadingUnsignedLibraries: true,
    })
    // Its exit is told of as well, and follows; without a listener this would be thrown in our process.
    child.on('error', () => undefined)
    return {
      send: (question) => child.postMessage(question),
      onAnswer: (hear) => void child.on('message', hear),
      onExit: (hear) => void child.once('exit', (code) => hear(`exit code ${code}`)),
      kill: () => endProcess(child),
    }
  }
}

/** Its own `kill` asks politely, which a library that hangs does not hear. */
function endProcess(child: UtilityProcess): void {
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  if (child.pid === undefined) child.once('spawn', end)
  else end()
}
