import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { findSocketInode, type SocketAddress } from './socket-table.ts'

/** Bytes of a command line that are looked at. */
const MOST = 8_192

/**
 * The command line of a process of this user that holds the socket with these two ends (Linux, by
 * proc_pid_fd(5) and proc_pid_cmdline(5)); `null` where none is seen.
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
      // It was closed meanwhile.
      return false
    }
  })
}

function readCommandLine(pid: string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const words = text.slice(0, MOST).split('\0')
    // Security: of an argument that is cut off it cannot be said whether it is a secret.
    const whole = words.slice(0, -1)
    return whole.length > 0 ? whole : null
  } catch {
    // It has ended.
    return null
  }
}

/** Nothing of what is gone, or another user's. */
function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
