import { lstatSync, type Stats } from 'node:fs'
import { connect, type Socket } from 'node:net'
import path from 'node:path'

/**
 * True if only this user can have made the socket: it and its folder are theirs and closed to others, and no other
 * user can replace that folder. Then the kernel need not be asked who listens there.
 */
export function isOwnSocket(file: string): boolean {
  const uid = process.getuid?.()
  if (uid === undefined) return false
  const folder = path.dirname(file)
  const [socket, tools, run] = [find(file), find(folder), find(path.dirname(folder))]
  const isOwn = (found: Stats | undefined, forbidden: number) =>
    found?.uid === uid && (found.mode & forbidden) === 0
  return (
    socket?.isSocket() === true &&
    isOwn(socket, 0o077) &&
    tools?.isDirectory() === true &&
    isOwn(tools, 0o077) &&
    run?.isDirectory() === true &&
    isOwn(run, 0o022)
  )
}

/**
 * Connects to the Unix socket; `null` if it is not this user's, or cannot be connected to, as one that was left by a
 * Tokentray that was killed. Rejects when the signal is aborted.
 *
 * Security: looked at each time, because the folder may have been removed since.
 */
export async function connectToOwnSocket(
  file: string,
  signal: AbortSignal,
): Promise<Socket | null> {
  if (!isOwnSocket(file)) return null
  return new Promise((resolve, reject) => {
    const socket = connect({ path: file, signal })
    socket.once('error', (error) => (signal.aborted ? reject(error) : resolve(null)))
    socket.once('connect', () => resolve(socket))
  })
}

function find(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch {
    // Inside a folder that this user cannot enter.
    return undefined
  }
}
