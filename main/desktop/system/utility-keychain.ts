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
 * Starts the keychain process as an Electron utility process, because the packaged app cannot run as
 * plain Node. `file` is its built entry. To be called after Electron is ready.
 */
export function utilityKeychain(utility: Utility, file: string): StartKeychainProcess {
  return () => {
    const child = utility.fork(file, [], {
      serviceName: 'Tokentray keychain',
      // Security: nothing that it prints could leak a secret.
      stdio: 'ignore',
      // macOS: keytar's binary is not signed by us.
      allowLoadingUnsignedLibraries: true,
    })
    // An `exit` event follows; without a listener the error would be thrown in our process.
    child.on('error', () => undefined)
    return {
      send: (question) => child.postMessage(question),
      onAnswer: (hear) => void child.on('message', hear),
      onExit: (hear) => void child.once('exit', (code) => hear(`exit code ${code}`)),
      kill: () => endProcess(child),
    }
  }
}

/** Electron's `kill` sends SIGTERM, which a hanging library may not react to. */
function endProcess(child: UtilityProcess): void {
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    } catch {
      // It has exited already.
    }
  }
  if (child.pid === undefined) child.once('spawn', end)
  else end()
}
