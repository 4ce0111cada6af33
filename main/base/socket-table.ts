import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'

/** An IPv4 address and port, as the kernel's tables have them. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/** Gives the text of one of the kernel's tables. */
export type ReadTable = (table: string) => string

/** A listening socket is connected to nobody. */
const NOBODY: SocketAddress = { address: '0.0.0.0', port: 0 }

/**
 * The user whose socket has these two ends, by the kernel's tables (Linux); `null` if there is none.
 * An IPv6 socket with mapped addresses stands in the second table.
 */
export function findSocketOwner(
  local: SocketAddress,
  remote: SocketAddress,
  read: ReadTable = readTable,
): number | null {
  const find = (from: ReadTable) =>
    findRow(from('/proc/net/tcp'), toWords(local), toWords(remote)) ??
    findRow(from('/proc/net/tcp6'), toMappedWords(local), toMappedWords(remote))
  // The kernel prints the table in pieces, and a row can slip through between two of them.
  return find(read) ?? (read === readTable ? find(read) : null)
}

/** A reader that reads each table once, for many questions about the same moment. */
export function readEachOnce(): ReadTable {
  const known = new Map<string, string>()
  return (table) => {
    const text = known.get(table) ?? readTable(table)
    known.set(table, text)
    return text
  }
}

/** The user who listens on this port of 127.0.0.1 (Linux); `null` if nobody does. */
export function findListener(port: number): number | null {
  return findSocketOwner({ address: '127.0.0.1', port }, NOBODY)
}

/**
 * The user who gets connections to this port of 127.0.0.1 (Linux), on whichever address they listen;
 * `null` if nobody does.
 */
export function findAnyListener(port: number): number | null {
  const [rows, rows6] = [readTable('/proc/net/tcp'), readTable('/proc/net/tcp6')]
  const mine = { address: '127.0.0.1', port }
  const any = { address: '0.0.0.0', port }
  return (
    findRow(rows, toWords(mine), toWords(NOBODY)) ??
    findRow(rows6, toMappedWords(mine), `${ANY_IPV6}:0000`) ??
    findRow(rows, toWords(any), toWords(NOBODY)) ??
    findRow(rows6, `${ANY_IPV6}:${portWord(port)}`, `${ANY_IPV6}:0000`)
  )
}

function findRow(rows: string, local: string, remote: string): number | null {
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
    // Without IPv6 the second table is absent; without both nothing is found, and that is refused.
    return ''
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
