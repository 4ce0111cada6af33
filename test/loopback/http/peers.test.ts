import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'
import { expect, it } from 'vitest'
import { Rows } from '../../../main/base/sockets/socket-table.ts'
import { type Peer, Peers } from '../../../main/loopback/http/peer.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

const OURS = 1_000
const THEIRS = 2_000
const SERVER = 0x1f90

const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'
const word = (port: number) => `${loopback}:${port.toString(16).toUpperCase().padStart(4, '0')}`
const row = (port: number, uid: number) =>
  `   0: ${word(port)} ${word(SERVER)} 01 00000000:00000000 00:00000000 00000000  ${uid} 0 12345 1\n`

/** The kernel's output, one text per reading. */
function readings(...texts: readonly string[]) {
  let count = 0
  const found: (readonly [port: number | undefined, peer: Peer])[] = []
  const peers = new Peers({
    createReader: () => {
      const text = texts[count] ?? ''
      count += 1
      return (table) => new Rows(table === '/proc/net/tcp' ? text : '')
    },
    found: ({ remotePort }, peer) => found.push([remotePort, peer]),
  })
  return {
    ...{ peers, found },
    count: () => count,
    find: async (socket: Socket) => {
      await peers.lookUp(socket)
      return peers.of(socket)
    },
  }
}

function from(port: number): Socket {
  const ends = { remoteAddress: '127.0.0.1', remotePort: port, localAddress: '127.0.0.1' }
  return Object.assign(new EventEmitter(), { ...ends, localPort: SERVER }) as unknown as Socket
}

describeWith([linuxProc], 'the peers of many connections', () => {
  it('are found in one reading if they were all accepted before it', async () => {
    const { peers, count, find, found } = readings(row(40_001, OURS) + row(40_002, THEIRS))
    const [ours, theirs] = [from(40_001), from(40_002)]
    for (const socket of [ours, theirs]) peers.accepted(socket)
    expect([await find(ours), await find(theirs), count()]).toEqual([OURS, THEIRS, 1])
    expect(found).toEqual([
      [40_001, OURS],
      [40_002, THEIRS],
    ])
  })

  it('are never taken from a reading that is older than the connection', async () => {
    // The second port belonged to a program of ours, and then to another user.
    const texts = [row(40_001, OURS) + row(40_002, OURS), row(40_002, THEIRS)]
    const { peers, count, find } = readings(...texts)
    const first = from(40_001)
    peers.accepted(first)
    expect(await find(first)).toBe(OURS)
    const second = from(40_002)
    peers.accepted(second)
    expect(peers.of(second)).toBe('unknown')
    expect([await find(second), count()]).toEqual([THEIRS, 2])
  })

  it('are unknown if another connection came from the same port since', async () => {
    const { peers, find } = readings(row(40_001, OURS))
    const [earlier, later] = [from(40_001), from(40_001)]
    for (const socket of [earlier, later]) peers.accepted(socket)
    await find(later)
    expect([peers.of(earlier), peers.of(later)]).toEqual(['unknown', OURS])
  })

  it('are looked up again if a reading has missed them', async () => {
    const { peers, find } = readings('', row(40_001, OURS))
    const socket = from(40_001)
    peers.accepted(socket)
    expect(await find(socket)).toBe(OURS)
  })

  it('are unknown until a reading has them', async () => {
    const { peers, find } = readings('', '', row(40_001, OURS))
    const socket = from(40_001)
    peers.accepted(socket)
    expect(await find(socket)).toBe('unknown')
    expect(await find(socket)).toBe(OURS)
  })

  it('are looked up soon even if they send no request', async () => {
    const { peers, found } = readings(row(40_001, THEIRS))
    peers.accepted(from(40_001))
    await expect.poll(() => found, { timeout: 30_000 }).toEqual([[40_001, THEIRS]])
  })

  it('share readings while these are slow', async () => {
    const sockets = Array.from({ length: 200 }, (_, n) => from(40_000 + n))
    const text = sockets.map(({ remotePort }) => row(remotePort ?? 0, OURS)).join('')
    let count = 0
    const peers = new Peers({
      createReader: () => {
        count += 1
        const until = performance.now() + 20
        while (performance.now() < until);
        return () => new Rows(text)
      },
    })
    // Each arrives after the reading for the previous one.
    const known = sockets.map((socket) => {
      peers.accepted(socket)
      return peers.lookUp(socket)
    })
    await Promise.all(known)
    expect(sockets.map((socket) => peers.of(socket))).toEqual(sockets.map(() => OURS))
    expect(count).toBeLessThan(20)
  })
})
