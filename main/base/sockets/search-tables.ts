import type { MessagePort } from 'node:worker_threads'

/** One socket, as the kernel's tables name it: its own end, then the other. */
export interface SoughtSocket {
  /** As a row of `/proc/net/tcp`. */
  readonly ends: string
  /** As a row of `/proc/net/tcp6`: an IPv6 socket with mapped addresses. */
  readonly mapped: string
}

/** What a thread that answers needs of Node. */
interface NodeParts {
  readonly port: Pick<MessagePort, 'on' | 'postMessage'>
  readonly fs: Pick<typeof import('node:fs'), 'openSync' | 'readSync' | 'closeSync'>
}

/**
 * Answers each list of sockets with the list of their users, `null` for those without a row: one reading of
 * the kernel's tables (proc_net_tcp(5)), which begins after the question arrived and stops at the last row
 * that was asked for.
 *
 * Its text is the program of a thread, so that it runs from source, from a bundle and from the app's archive
 * alike: it must not refer to anything outside itself.
 */
export function answerWithOwners({ port, fs }: NodeParts): void {
  /** More than the kernel hands over at once, which ends with a whole row. */
  const buffer = Buffer.alloc(64 * 1_024)
  port.on('message', (sought: readonly SoughtSocket[]) => {
    const owners: (number | null)[] = sought.map(() => null)
    const inTable = (table: string, key: 'ends' | 'mapped') => {
      const left = new Map(
        sought.flatMap((each, at) => (owners[at] === null ? [[each[key], at] as const] : [])),
      )
      if (left.size > 0) search(table, left, owners)
    }
    inTable('/proc/net/tcp', 'ends')
    inTable('/proc/net/tcp6', 'mapped')
    port.postMessage(owners)
  })

  function search(table: string, left: Map<string, number>, owners: (number | null)[]): void {
    let descriptor: number
    try {
      descriptor = fs.openSync(table, 'r')
    } catch {
      // Without IPv6 there is no second table; what is not found is refused.
      return
    }
    try {
      let rest = ''
      while (left.size > 0) {
        const length = fs.readSync(descriptor, buffer)
        if (length === 0) return
        const rows = (rest + buffer.toString('latin1', 0, length)).split('\n')
        rest = rows.pop() ?? ''
        for (const row of rows) match(row, left, owners)
      }
    } catch {
      // As above.
    } finally {
      fs.closeSync(descriptor)
    }
  }

  function match(row: string, left: Map<string, number>, owners: (number | null)[]): void {
    // "  12: LOCAL:PORT REMOTE:PORT 01 ...", with addresses of one length.
    const from = row.indexOf(': ') + 2
    const ends = row.slice(from, row.indexOf(' ', row.indexOf(' ', from) + 1))
    const at = left.get(ends)
    if (at === undefined) return
    // What follows: state, queues, timer, retransmits, uid, timeout, inode.
    const { 0: state, 4: uid, 6: inode } = row.slice(from + ends.length + 1).split(/\s+/)
    // Security: a socket that its process has closed has no inode and prints uid 0, which is not root.
    // One that still connects (02) is not the other end of an accepted connection.
    if (uid === undefined || inode === undefined || inode === '0' || state === '02') return
    owners[at] = Number(uid)
    left.delete(ends)
  }
}
