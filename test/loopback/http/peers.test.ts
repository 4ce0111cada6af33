import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { SoughtSocket } from '../../../main/base/sockets/search-tables.ts'
import { type Peer, Peers } from '../../../main/loopback/http/peer.ts'

const OURS = 1_000
const THEIRS = 2_000
const SERVER = 0x1f90

const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'
const word = (port: number) => `${loopback}:${port.toString(16).toUpperCase().padStart(4, '0')}`
const row = (port: number) => `${word(port)} ${word(SERVER)}`

/** The users of ports, or nothing at all. */
type Reading = Readonly<Record<number, number>>

/** What the kernel says, one answer for each reading. */
function readings(...answers: readonly (Reading | Promise<Reading>)[]) {
  const asked: (readonly SoughtSocket[])[] = []
  const found: (readonly [port: number | undefined, peer: Peer])[] = []
  const peers = new Peers({
    findOwners: async (sockets) => {
      asked.push(sockets)
      const owners = Object.entries((await answers[asked.length - 1]) ?? {})
      const byRow = new Map(owners.map(([port, uid]) => [row(Number(port)), uid]))
      return sockets.map(({ ends }) => byRow.get(ends) ?? null)
    },
    found: ({ remotePort }, peer) => found.push([remotePort, peer]),
  })
  return {
    ...{ peers, found },
    count: () => asked.length,
    asked: () => asked.map((sockets) => sockets.map(({ ends }) => ends)),
    find: async (socket: Socket) => {
      await peers.lookUp(socket)
      return peers.of(socket)
    },
  }
}

/** A reading that takes until it is told to end. */
function slowReading() {
  let end: (reading: Reading) => void = () => {}
  const reading = new Promise<Reading>((resolve) => {
    end = resolve
  })
  return { reading, end }
}

function from(port: number): Socket {
  const ends = { remoteAddress: '127.0.0.1', remotePort: port, localAddress: '127.0.0.1' }
  const socket = Object.assign(new EventEmitter(), {
    ...{ ...ends, localPort: SERVER, destroyed: false },
    // The event comes later.
    destroy: () => {
      socket.destroyed = true
    },
  })
  return socket as unknown as Socket
}

describe('the peers of many connections', () => {
  it('are looked up from when they were accepted, also without a request', async () => {
    const { peers, found } = readings({ 40001: THEIRS })
    peers.accepted(from(40_001))
    await expect.poll(() => found).toEqual([[40_001, THEIRS]])
  })

  it('share the next reading if they arrive during one', async () => {
    const slow = slowReading()
    const { peers, asked, find, found } = readings(slow.reading, { 40002: OURS, 40003: THEIRS })
    const sockets = [from(40_001), from(40_002), from(40_003)]
    for (const socket of sockets) peers.accepted(socket)
    slow.end({ 40001: OURS })
    expect(await Promise.all(sockets.map(find))).toEqual([OURS, OURS, THEIRS])
    expect(asked()).toEqual([[row(40_001)], [row(40_002), row(40_003)]])
    expect(found).toEqual([
      [40_001, OURS],
      [40_002, OURS],
      [40_003, THEIRS],
    ])
  })

  it('are never taken from a reading that began before the connection', async () => {
    // The second port belonged to a program of ours, and then to another user.
    const slow = slowReading()
    const { peers, count, find } = readings(slow.reading, { 40002: THEIRS })
    const first = from(40_001)
    peers.accepted(first)
    const second = from(40_002)
    peers.accepted(second)
    slow.end({ 40001: OURS, 40002: OURS })
    expect([await find(first), await find(second), count()]).toEqual([OURS, THEIRS, 2])
  })

  it('are unknown if another connection came from the same port since', async () => {
    const { peers, find } = readings({ 40001: OURS }, { 40001: OURS })
    const [earlier, later] = [from(40_001), from(40_001)]
    for (const socket of [earlier, later]) peers.accepted(socket)
    expect([await find(later), await find(earlier)]).toEqual([OURS, 'unknown'])
  })

  it('are unknown if the connection ended during the reading', async () => {
    const slow = slowReading()
    const { peers, find, found } = readings(slow.reading)
    const socket = from(40_001)
    peers.accepted(socket)
    socket.destroy()
    slow.end({ 40001: OURS })
    expect([await find(socket), found]).toEqual(['unknown', []])
  })

  it('are looked up again if a reading has missed them', async () => {
    const { peers, find } = readings({}, { 40001: OURS })
    const socket = from(40_001)
    peers.accepted(socket)
    expect(await find(socket)).toBe(OURS)
  })

  it('are unknown until a reading has them, and are not sought without end', async () => {
    const { peers, find, found, count } = readings({}, {}, { 40001: OURS })
    const socket = from(40_001)
    peers.accepted(socket)
    expect([await find(socket), count()]).toEqual(['unknown', 2])
    expect(found).toEqual([[40_001, 'unknown']])
    expect(await find(socket)).toBe(OURS)
  })

  it('wait for no other one that the kernel does not list', async () => {
    const { peers, find, count } = readings({ 40002: OURS }, { 40002: OURS })
    const [gone, there] = [from(40_001), from(40_002)]
    for (const socket of [gone, there]) peers.accepted(socket)
    expect([await find(there), count()]).toEqual([OURS, 2])
  })
})
