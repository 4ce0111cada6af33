import { closeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { isatty } from 'node:tty'

/** Calls to the system that are made on a thread of their own, by Node's names for them. */
const ON_THREADS = ['FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'GetNameInfoReqWrap']
/** How long such a call may take to finish, once all else is done. */
const GRACE_MS = 1_000
const LOOK_MS = 20

/** Those of standard input and output that are a terminal, as Node has found them at its start. */
const terminals = process.platform === 'win32' ? [] : [0, 1, 2].filter((fd) => isatty(fd))

/** Ends this process with that exit code, or as `killIfStuck` does. */
export async function endProcess(code: number): Promise<void> {
  await killIfStuck()
  letGoOfGoneTerminals()
  process.exit(code)
}

/**
 * An older Node crashes as it ends where it cannot put back the settings of a terminal that has hung up
 * (nodejs/node#51519), and a core dump has secrets in it. What is closed it leaves alone.
 */
function letGoOfGoneTerminals(): void {
  for (const fd of terminals) if (!isatty(fd)) closeSync(fd)
}

/**
 * To be called when all is done. Node waits for its threads before it ends, without a limit: where a call
 * still hangs after 1 s, as a read on a disk that does not answer, the process ends by SIGKILL instead,
 * which its parent sees as 137.
 */
export async function killIfStuck(): Promise<void> {
  for (let waited = 0; isHeld(); waited += LOOK_MS) {
    if (waited >= GRACE_MS) process.kill(process.pid, 'SIGKILL')
    await pause(LOOK_MS)
  }
}

const isHeld = () => process.getActiveResourcesInfo().some((name) => ON_THREADS.includes(name))
