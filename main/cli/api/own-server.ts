import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { TokentrayError } from '../../base/errors.ts'
import { findSocketOwner, readEachOnce } from '../../base/sockets/socket-table.ts'

const HOST = '127.0.0.1'
const FIRST_LOOK_MS = 1
const LATEST_LOOK_MS = 100

/**
 * A connection to this port whose other end is a process of this user, by the kernel (Linux). Rejects
 * with `request_refused` where it is somebody else's, with the system's error where nobody answers, and
 * when the signal says so. Elsewhere any end counts as ours.
 *
 * Security: this end is looked at and not who listened before, because a program of another user may
 * take the port as soon as ours has gone. Nothing was written to it so far.
 */
export async function connectToOwn(port: number, signal: AbortSignal): Promise<Socket> {
  const socket = await connected(port, signal)
  const uid = process.getuid?.()
  if (process.platform !== 'linux' || uid === undefined) return socket
  try {
    const owner = await ownerOf(socket, port, signal)
    if (owner === uid) return socket
    throw new TokentrayError('request_refused', 'The port of Tokentray is held by another user.', {
      hint: 'Nothing was sent. Start Tokentray again: it chooses another port.',
    })
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

/** Until its process has accepted it, the other end has no owner. */
async function ownerOf(socket: Socket, port: number, signal: AbortSignal): Promise<number> {
  const theirs = { address: HOST, port }
  const ours = { address: HOST, port: socket.localPort ?? 0 }
  const early = watch(socket)
  try {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LATEST_LOOK_MS)) {
      // First a moment for the other process; a look takes long where there are many sockets.
      await wait(pause, undefined, { signal })
      const owner = findSocketOwner(theirs, ours, readEachOnce())
      // Whatever speaks before it is asked speaks another protocol.
      if (early.spoke) throw new SyntaxError('It spoke before it was asked.')
      if (owner !== null) return owner
      if (early.left) throw new Error('It hung up before it was asked.')
    }
  } finally {
    early.stop()
  }
}

/** What the other end does before anything was written to it. */
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
      // The listener for errors stays: without one an error ends this program.
    },
  }
}
