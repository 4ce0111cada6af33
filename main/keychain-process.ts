import { connectBus } from './desktop/system/dbus.ts'
import type { KeychainAnswer } from './vault/keychain/keychain-process.ts'
import { createKeychainService } from './vault/keychain/keychain-service.ts'
import { seeSecretService } from './vault/keychain/secret-service.ts'

/*
 * The process that the keychain's library lives in, so that a Secret Service that hangs, crashes it or
 * is restarted costs this process and nothing else. Started by the agent as plain Node, by the tray app
 * as a utility process; it ends with its parent, and by nothing but its parent.
 */

const DEADLINE_MS = 1_000

// Nothing that this process makes is for other users.
process.umask(0o077)
// A Ctrl-C goes to the whole group, while the parent still needs the keychain to end tokens.
// Security: on SIGUSR1 Node would open its debugger, to every user of the machine.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) {
  process.on(signal, () => undefined)
}
// Not `process.exit`, which waits for calls of the library that hang.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('unhandledRejection', () => undefined)

// There in a utility process of Electron only.
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
