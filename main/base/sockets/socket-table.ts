import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import type { SoughtSocket } from './search-tables.ts'

/** An IPv4 address and port, as in the kernel's tables. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/** Reads one of the kernel's tables. */
export type ReadTable = (table: string) => Rows

/** The rows of one of the kernel's tables (proc_net_tcp(5)). */
class Rows {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The user whose socket has these ends, in the kernel's format; `null` if there is none. */
  find(local: string, remote: string): number | null {
    for (const row of this.#rows(`${local} ${remote}`)) {
      const uid = ownerIn(row)
      if (uid !== null) return uid
    }
    return null
  }

  /** The inode of that socket; `null` if there is none, or its process has closed it. */
  inode(local: string, remote: string): string | null {
    for (const row of this.#rows(`${local} ${remote}`)) {
      if (ownerIn(row) !== null) return row[6] ?? null
    }
    return null
  }

  /** The columns after the addresses, of each row with these addresses. */
  *#rows(addresses: string): Generator<readonly string[]> {
    const text = this.#text
    const sought = ` ${addresses} `
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      yield text.slice(at + sought.length, text.indexOf('\n', at)).split(/\s+/)
    }
  }
}

/** What follows the addresses: state, queues, timer, retransmits, uid, timeout, inode. */
function ownerIn({ 4: uid, 6: inode }: readonly string[]): number | null {
  // Security: a socket that its process has closed has no inode and prints uid 0, which is not root.
  return uid !== undefined && inode !== undefined && inode !== '0' ? Number(uid) : null
}

/** The remote end of a listening socket. */
const NO_PEER: SocketAddress = { address: '0.0.0.0', port: 0 }

/**
 * The user whose socket has these two ends, from the kernel's tables (Linux); `null` if there is none.
 * An IPv6 socket with mapped addresses is in the second table.
 */
export function findSocketOwner(
  local: SocketAddress,
  remote: SocketAddress,
  read: ReadTable = readTable,
): number | null {
  const find = (from: ReadTable) =>
    from('/proc/net/tcp').find(toWords(local), toWords(remote)) ??
    from('/proc/net/tcp6').find(toMappedWords(local), toMappedWords(remote))
  // The kernel prints the table in pieces, and can miss a row between two of them.
  return find(read) ?? (read === readTable ? find(read) : null)
}

/** The socket with these two ends, as the kernel's tables name it. */
export const toSought = (local: SocketAddress, remote: SocketAddress): SoughtSocket => ({
  ends: `${toWords(local)} ${toWords(remote)}`,
  mapped: `${toMappedWords(local)} ${toMappedWords(remote)}`,
})

/** The inode of the socket with these two ends (Linux); `null` if there is none. */
export function findSocketInode(local: SocketAddress, remote: SocketAddress): string | null {
  return (
    readTable('/proc/net/tcp').inode(toWords(local), toWords(remote)) ??
    readTable('/proc/net/tcp6').inode(toMappedWords(local), toMappedWords(remote))
  )
}

/** A reader that reads each table once, for many searches at the same time. */
export function readEachOnce(): ReadTable {
  const known = new Map<string, Rows>()
  return (table) => {
    const rows = known.get(table) ?? readTable(table)
    known.set(table, rows)
    return rows
  }
}

/** The user who listens on this port of 127.0.0.1 (Linux); `null` for a free port. */
export function findListener(port: number): number | null {
  return findSocketOwner({ address: '127.0.0.1', port }, NO_PEER)
}

/**
 * The user who receives connections to this port of 127.0.0.1 (Linux), also by listening on a wider address;
 * `null` if there is none.
 */
export function findAnyListener(port: number): number | null {
  const [rows, rows6] = [readTable('/proc/net/tcp'), readTable('/proc/net/tcp6')]
  const mine = { address: '127.0.0.1', port }
  const any = { address: '0.0.0.0', port }
  return (
    rows.find(toWords(mine), toWords(NO_PEER)) ??
    rows6.find(toMappedWords(mine), `${ANY_IPV6}:0000`) ??
    rows.find(toWords(any), toWords(NO_PEER)) ??
    rows6.find(`${ANY_IPV6}:${portWord(port)}`, `${ANY_IPV6}:0000`)
  )
}

function readTable(table: string): Rows {
  try {
    return new Rows(readFileSync(table, 'latin1'))
  } catch {
    // Without IPv6 there is no second table; without both, nothing is found and the caller refuses.
    return new Rows('')
  }
}

const ANY_IPV6 = '0'.repeat(32)
const MAPPED_PREFIX = '0000000000000000'
const toWords = ({ address, port }: SocketAddress) => `${ipv4Word(address)}:${portWord(port)}`
const toMappedWords = (end: SocketAddress) =>
  `${MAPPED_PREFIX}${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}${toWords(end)}`

/** The kernel prints an address as one word in its own byte order. */
function ipv4Word(address: string): string {
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
