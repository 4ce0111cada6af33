import type { Socket } from 'node:net'
import { endianness } from 'node:os'
import { expect, it } from 'vitest'
import { Peers } from '../../main/loopback/peer.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'

const OURS = 1_000
const THEIRS = 2_000
const SERVER = 0x1f90

const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'
const word = (port: number) => `${loopback}:${port.toString(16).toUpperCase().padStart(4, '0')}`
const row = (port: number, uid: number) =>
  `   0: ${word(port)} ${word(SERVER)} 01 00000000:00000000 00:00000000 00000000  ${uid} 0 12345 1\n`

/** What the kernel would print, one text for each reading. */
function readings(...texts: readonly string[]) {
  let count = -1
  const peers = new Peers(() => {
    const text = texts[Math.max(count, 0)] ?? ''
    count += 1
    return (table) => (table === '/proc/net/tcp' ? text : '')
  })
  return { peers, count: () => count }
}

function from(port: number): Socket {
  const ends = { remoteAddress: '127.0.0.1', remotePort: port, localAddress: '127.0.0.1' }
  return { ...ends, localPort: SERVER } as unknown as Socket
}

describeWith([linuxProc], 'the peers of many connections', () => {
  it('are found in one reading when they come together', () => {
    const { peers, count } = readings(row(40_001, OURS) + row(40_002, THEIRS))
    expect(peers.find(from(40_001))).toBe(OURS)
    expect(peers.find(from(40_002))).toBe(THEIRS)
    expect(count()).toBe(1)
  })

  it('are looked up anew when another connection has the same two ends', () => {
    const { peers, count } = readings(row(40_001, OURS), row(40_001, THEIRS))
    expect(peers.find(from(40_001))).toBe(OURS)
    expect(peers.find(from(40_001))).toBe(THEIRS)
    expect(count()).toBe(2)
  })

  it('are looked up anew when the reading is older than the connection', () => {
    const { peers } = readings(row(40_001, OURS), row(40_001, OURS) + row(40_002, OURS))
    expect(peers.find(from(40_001))).toBe(OURS)
    expect(peers.find(from(40_002))).toBe(OURS)
  })

  it('are unknown when no reading has them', () => {
    const { peers } = readings('', '')
    expect(peers.find(from(40_001))).toBe('unknown')
  })
})
