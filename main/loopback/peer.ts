import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** The user that a connection comes from; `unknown` where that cannot be seen. */
export type Peer = number | 'unknown'

/**
 * Who holds the other end of a loopback connection, by the kernel's tables. A client that uses an
 * IPv6 socket with a mapped address stands in the second one.
 */
export function findPeer(socket: Socket): Peer {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return 'unknown'
  const near = [ipv4Words(remoteAddress), portWord(remotePort)] as const
  const far = [ipv4Words(localAddress), portWord(localPort)] as const
  const find = () =>
    findRow('/proc/net/tcp', near.join(':'), far.join(':')) ??
    findRow('/proc/net/tcp6', mapped(near), mapped(far))
  // The kernel prints the table in pieces, and a row can slip through between two of them.
  return find() ?? find() ?? 'unknown'
}

function findRow(table: string, local: string, remote: string): number | null {
  const rows = readTable(table)
  const addresses = ` ${local} ${remote} `
  for (let at = rows.indexOf(addresses); at >= 0; at = rows.indexOf(addresses, at + 1)) {
    // What follows in proc_net_tcp(5): state, queues, timer, retransmits, uid, timeout, inode.
    const rest = rows.slice(at + addresses.length, rows.indexOf('\n', at)).split(/\s+/)
    const [uid, inode] = [rest[4], rest[6]]
    // Security: a socket that its process has closed has no inode and prints uid 0, which is not root.
    if (uid !== undefined && inode !== undefined && inode !== '0') return Number(uid)
  }
  return null
}

function readTable(table: string): string {
  try {
    return readFileSync(table, 'latin1')
  } catch {
    // Without IPv6 the second table is absent; without both the peer stays unknown and is refused.
    return ''
  }
}

const MAPPED_PREFIX = '0000000000000000'
const mapped = ([address, port]: readonly [string, string]) =>
  `${MAPPED_PREFIX}${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}${address}:${port}`

/** The kernel prints an address as one word in its own byte order. */
function ipv4Words(address: string): string {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number)
  const ordered = endianness() === 'LE' ? bytes.reverse() : bytes
  return ordered
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

const portWord = (port: number) => port.toString(16).padStart(4, '0').toUpperCase()
