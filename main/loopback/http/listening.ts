import { randomInt } from 'node:crypto'
import type { Server } from 'node:http'
import type { Server as NetServer } from 'node:net'
import type { GuardedServer } from './guarded-server.ts'

/** The only address that is ever bound. */
export const HOST = '127.0.0.1'

/** The port that a server is bound to; 0 before it listens. */
export function portOf(server: NetServer): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** How often a closing server looks for connections that have become idle. */
const CLOSING_MS = 20

/** Below what Linux, macOS and Windows give to connections: there a kept port is taken by chance. */
const CHOSEN = { from: 20_000, to: 32_767 }
const TRIES = 20

/** Listens on the wanted port, or on any when that is not to be had: then resolves to `false`. */
export async function listen(server: Server, wanted: number | null): Promise<boolean> {
  if (wanted !== null && (await takes(server, wanted))) return true
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await takes(server, randomInt(CHOSEN.from, CHOSEN.to + 1))) return wanted === null
  }
  await listenOn(server, 0)
  return wanted === null
}

/** False if somebody else has the port, or nobody may. */
async function takes(server: Server, port: number): Promise<boolean> {
  try {
    await listenOn(server, port)
    return true
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
}

/** Windows keeps ranges of ports for itself, and small ones are not for everybody: `EACCES`. */
function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EADDRINUSE' || code === 'EACCES'
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: HOST, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Stops listening, and waits `graceMs` for answers under way, and for requests that have begun, before it
 * cuts them off; for nobody else.
 */
export function closeServer({ server, closeIdle }: GuardedServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    // A connection that had a request under way stays open after its answer otherwise. And what was sent
    // before the stop has been read by the first time.
    const sweep = setInterval(closeIdle, CLOSING_MS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      resolve()
    })
  })
}
