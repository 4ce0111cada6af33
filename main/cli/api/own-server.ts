import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { TokentrayError } from '../../base/errors.ts'
import { findSocketOwner, readEachOnce } from '../../base/sockets/socket-table.ts'

const HOST = '127.0.0.1'
const FIRST_LOOK_MS = 1
const LATEST_LOOK_MS = 100

/**
 * Connects to this port and verifies with the kernel that the peer is a process of this user (Linux; not checked
 * elsewhere). Rejects with `request_refused` if it is another user's, with the system's error if nothing
 * listens, and when the signal is aborted.
 *
 * Security: it is this connection's peer that is checked, not who listened before, because another user's program
 * can take the port as soon as ours is gone. Nothing has been written to the connection yet.
 */
export async function connectToOwn(port: number, signal: AbortSignal): Promise<Socket> {
  const socket = await connected(port, signal)
  const uid = process.getuid?.()
  if (process.platform !== 'linux' || uid === undefined) return socket
  try {
    const owner = await ownerOf(socket, port, signal)
    if (owner === uid) return socket
    throw new TokentrayError(
      'request_refused',
      'The port of Tokentray is in use by another user.',
      {
        hint: 'Nothing was sent. Restart Tokentray: it chooses another port.',
      },
    )
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function connected(port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HOST, signal })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

/** The uid of the peer. The peer has no owner until its process has accepted the connection. */
async function ownerOf(socket: Socket, port: number, signal: AbortSignal): Promise<number> {
  const theirs = { address: HOST, port }
  const ours = { address: HOST, port: socket.localPort ?? 0 }
  const early = watch(socket)
  try {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LATEST_LOOK_MS)) {
      // Give the other process a moment first: reading the table is slow with many sockets.
      await wait(pause, undefined, { signal })
      const owner = findSocketOwner(theirs, ours, readEachOnce())
      // A server that sends first speaks another protocol.
      if (early.spoke) throw new SyntaxError('The server sent data before the request.')
      if (owner !== null) return owner
      if (early.left) throw new Error('The server hung up before the request.')
    }
  } finally {
    early.stop()
  }
}

/** Watches what the peer does before anything is written to it. */
function watch(socket: Socket) {
  const seen = { spoke: false, left: false }
  const speak = () => {
    seen.spoke = true
  }
  const leave = () => {
    seen.left = true
  }
  socket.on('data', speak).on('end', leave).on('error', leave)
  return {
    get spoke() {
      return seen.spoke
    },
    get left() {
      return seen.left
    },
    stop: () => {
      socket.off('data', speak).off('end', leave)
      // The error listener is kept: an unhandled error would end this program.
    },
  }
}
