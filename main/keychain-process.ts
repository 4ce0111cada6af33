import { connectBus } from './desktop/system/dbus.ts'
import type { KeychainAnswer } from './vault/keychain/keychain-process.ts'
import { createKeychainService } from './vault/keychain/keychain-service.ts'
import { seeSecretService } from './vault/keychain/secret-service.ts'

/*
 * The process that hosts the keychain library, so that a Secret Service that hangs, crashes or restarts
 * affects only this process. The agent starts it with plain Node, the tray app as a utility process. Only
 * its parent ends it, and it ends with its parent.
 */

const DEADLINE_MS = 1_000

// Other users have no access to the files that this process creates.
process.umask(0o077)
// Ctrl-C goes to the whole process group, while the parent still needs the keychain to revoke tokens.
// Security: on SIGUSR1 Node would open its debugger to every user of the machine.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) {
  process.on(signal, () => undefined)
}
// Not `process.exit`, which waits for library calls that hang.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('unhandledRejection', () => undefined)

// Only set in a utility process of Electron.
const port: Electron.ParentPort | undefined = process.parentPort
const serve = createKeychainService({
  send: (answer: KeychainAnswer) => {
    if (port) port.postMessage(answer)
    else process.send?.(answer, () => undefined)
  },
  look: async () => {
    if (process.platform !== 'linux') return 'unknown'
    const bus = await connectBus('session', process.env, DEADLINE_MS)
    try {
      return await seeSecretService(bus.call)
    } finally {
      bus.close()
    }
  },
})
if (port) port.on('message', ({ data }) => void serve(data))
else process.on('message', (question) => void serve(question as Parameters<typeof serve>[0]))
