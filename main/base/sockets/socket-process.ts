import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { findSocketInode, type SocketAddress } from './socket-table.ts'

/** Characters of a command line to read. */
const MOST = 8_192

/**
 * The command line of the process of this user that holds the socket with these two ends (Linux, from
 * proc_pid_fd(5) and proc_pid_cmdline(5)); `null` if none is found.
 */
export function findCommandLine(
  local: SocketAddress,
  remote: SocketAddress,
): readonly string[] | null {
  const inode = findSocketInode(local, remote)
  if (inode === null) return null
  const pid = listed('/proc').find((entry) => /^\d+$/.test(entry) && holds(entry, inode))
  return pid === undefined ? null : readCommandLine(pid)
}

function holds(pid: string, inode: string): boolean {
  const folder = `/proc/${pid}/fd`
  return listed(folder).some((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`) === `socket:[${inode}]`
    } catch {
      // It has been closed since.
      return false
    }
  })
}

function readCommandLine(pid: string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const words = text.slice(0, MOST).split('\0')
    // Security: whether an argument that is cut off is a secret cannot be told.
    const whole = words.slice(0, -1)
    return whole.length > 0 ? whole : null
  } catch {
    // It has exited.
    return null
  }
}

/** Empty for a process that is gone or belongs to another user. */
function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
