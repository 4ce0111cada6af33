import { closeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { isatty } from 'node:tty'

/** Node's names for system calls that run on its thread pool. */
const ON_THREADS = ['FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'GetNameInfoReqWrap']
/** How long such a call may take once everything else is done. */
const GRACE_MS = 1_000
const LOOK_MS = 20

/** Which of the standard streams were a terminal when Node started. */
const terminals = process.platform === 'win32' ? [] : [0, 1, 2].filter((fd) => isatty(fd))

/** Exits with this code, or as `killIfStuck` does. */
export async function endProcess(code: number): Promise<void> {
  await killIfStuck()
  closeHungUpTerminals()
  process.exit(code)
}

/**
 * Older versions of Node crash on exit when they cannot restore the settings of a terminal that has hung
 * up (nodejs/node#51519), and a core dump would contain secrets. They skip descriptors that are closed.
 */
function closeHungUpTerminals(): void {
  for (const fd of terminals) if (!isatty(fd)) closeSync(fd)
}

/**
 * To be called when everything is done. Node waits for its thread pool without a limit before it exits: if
 * a call still hangs after 1 s, such as a read from a disk that does not respond, the process kills itself
 * with SIGKILL, which the parent sees as 137.
 */
export async function killIfStuck(): Promise<void> {
  for (let waited = 0; isStuck(); waited += LOOK_MS) {
    if (waited >= GRACE_MS) process.kill(process.pid, 'SIGKILL')
    await pause(LOOK_MS)
  }
}

const isStuck = () => process.getActiveResourcesInfo().some((name) => ON_THREADS.includes(name))
