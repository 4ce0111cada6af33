import { execFile } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { OwnerFinder, type OwnerThread } from '../../../main/base/sockets/owner-finder.ts'
import { answerWithOwners } from '../../../main/base/sockets/search-tables.ts'
import { toSought } from '../../../main/base/sockets/socket-table.ts'
import { portOf } from '../../../main/loopback/http/listening.ts'
import { bundleForNode } from '../../helpers/bundle.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'
import { openRaw } from '../../helpers/raw-http.ts'

const ME = process.getuid?.() ?? -1
const run = promisify(execFile)
const ENDS = { ends: 'A:1 B:2', mapped: 'AA:1 BB:2' }

/** The tables as texts, read by the thread's program in pieces of this size. */
function ask(tables: Readonly<Record<string, string>>, sought: readonly string[], piece = 50) {
  const read: number[] = []
  const at = new Map<number, { readonly text: string; from: number }>()
  const port = new EventEmitter()
  let answer: unknown
  const fs = {
    openSync: (file: string) => {
      const text = tables[file]
      if (text === undefined) throw new Error('ENOENT')
      at.set(at.size, { text, from: 0 })
      return at.size - 1
    },
    readSync: (descriptor: number, buffer: Buffer) => {
      const open = at.get(descriptor) ?? { text: '', from: 0 }
      const text = open.text.slice(open.from, open.from + piece)
      open.from += piece
      read.push(text.length)
      return buffer.write(text, 'latin1')
    },
    closeSync: () => {},
  }
  const postMessage = (owners: unknown) => {
    answer = owners
  }
  answerWithOwners({ port: Object.assign(port, { postMessage }), fs } as unknown as Parameters<
    typeof answerWithOwners
  >[0])
  port.emit(
    'message',
    sought.map((ends) => ({ ends, mapped: `6${ends}` })),
  )
  return { answer, pieces: read.length }
}

const row = (ends: string, { uid = 7, inode = 5, state = '01' } = {}) =>
  `   0: ${ends} ${state} 00000000:00000000 00:00000000 00000000  ${uid} 0 ${inode} 1 x 20 4 0\n`
const TITLE = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n'
const [TCP, TCP6] = ['/proc/net/tcp', '/proc/net/tcp6']

describe('a reading of the tables', () => {
  it.each([1, 50, 4_050])('finds rows in pieces of %s characters', (piece) => {
    const text = TITLE + row('A:1 S:9') + row('A:2 S:9', { uid: 8 })
    const { answer } = ask(
      { [TCP]: text, [TCP6]: TITLE + row('6A:3 S:9') },
      [...['A:2 S:9', 'A:1 S:9', 'A:3 S:9', 'A:4 S:9']],
      piece,
    )
    expect(answer).toEqual([8, 7, 7, null])
  })

  it('stops at the last row that it was asked for', () => {
    const text = TITLE + row('A:1 S:9') + row('A:2 S:9').repeat(100)
    const { answer, pieces } = ask({ [TCP]: text }, ['A:1 S:9'])
    expect(answer).toEqual([7])
    expect(pieces).toBeLessThan(6)
  })

  it.each([
    ['was closed by its process', { uid: 0, inode: 0 }],
    ['is still connecting', { state: '02' }],
  ])('has no user for a socket that %s', (_what, kind) => {
    expect(ask({ [TCP]: row('A:1 S:9', kind) }, ['A:1 S:9']).answer).toEqual([null])
  })

  it('takes the one that is open of two with the same ends', () => {
    const rows = row('A:1 S:9', { uid: 0, inode: 0 }) + row('A:1 S:9', { uid: 8 })
    expect(ask({ [TCP]: rows }, ['A:1 S:9']).answer).toEqual([8])
  })

  it('knows nothing where the tables cannot be read', () => {
    expect(ask({}, ['A:1 S:9']).answer).toEqual([null])
  })
})

describeWith([linuxProc], 'the thread that reads them', () => {
  const finder = new OwnerFinder({
    clock: systemClock,
    failed: (error) => expect(error).toBeNull(),
  })
  let opened: { close(): void }[] = []
  afterEach(() => {
    for (const each of opened) each.close()
    opened = []
  })

  async function connected(host = '127.0.0.1') {
    const server: Server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    const client = await openRaw(portOf(server), { host })
    const [socket] = (await accepted) as [Socket]
    opened.push({
      close: () => {
        socket.destroy()
        client.socket.destroy()
        server.close()
      },
    })
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
    const theirs = { address: remoteAddress, port: remotePort }
    return { client, socket, row: toSought(theirs, { address: localAddress, port: localPort }) }
  }

  it.each([
    ['an IPv4 socket', '127.0.0.1'],
    ['an IPv6 socket with a mapped address', '::ffff:127.0.0.1'],
  ])('sees our own uid behind %s', async (_what, host) => {
    const { row } = await connected(host)
    expect(await finder.find([row])).toEqual([ME])
  })

  it('sees those of many at once, and of none that is not there', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => connected()))
    const rows = sockets.map((each) => each.row)
    expect(await finder.find([ENDS, ...rows])).toEqual([null, ...rows.map(() => ME)])
  })

  it('reports no user for a socket that its process has closed, not root', async () => {
    const { client, socket, row } = await connected()
    const left = once(socket.resume(), 'end')
    client.socket.destroy()
    await left
    expect(await finder.find([row])).toEqual([null])
  })

  it('does not know the peer of a closed connection', async () => {
    const { client, socket, row } = await connected()
    socket.destroy()
    await once(socket, 'close')
    client.socket.destroy()
    expect(await finder.find([row])).toEqual([null])
  })

  it('also runs bundled, and does not keep the process alive', async () => {
    const program = await bundleForNode(path.join(import.meta.dirname, 'owner-asker.ts'))
    expect(await run(process.execPath, [program])).toMatchObject({ stdout: `${ME}\n`, stderr: '' })
  })
})

class FakeThread extends EventEmitter implements OwnerThread {
  readonly asked: unknown[] = []
  isEnded = false
  postMessage(sought: unknown): void {
    this.asked.push(sought)
  }
  unref(): void {}
  terminate(): void {
    this.isEnded = true
  }
}

function withThreads(canStart = () => true) {
  const clock = new FakeClock()
  const threads: FakeThread[] = []
  const failures: unknown[] = []
  const finder = new OwnerFinder({
    clock,
    failed: (error) => failures.push(error),
    start: () => {
      if (!canStart()) throw new Error('no memory')
      const thread = new FakeThread()
      threads.push(thread)
      return thread
    },
  })
  return { clock, finder, threads, failures }
}

describe('a thread that cannot answer', () => {
  it.each([
    ['ends', (thread: FakeThread) => thread.emit('exit')],
    ['fails', (thread: FakeThread) => thread.emit('error', new Error('out of memory'))],
  ])('and %s leaves the owner unknown', async (_what, breaks) => {
    const { finder, threads, failures } = withThreads()
    const found = finder.find([ENDS])
    for (const thread of threads) breaks(thread)
    expect([await found, failures.length]).toEqual([[null], 1])
  })

  it('and hangs leaves the owner unknown, also if it answers later', async () => {
    const { clock, finder, threads } = withThreads()
    const found = finder.find([ENDS])
    await clock.advance(5_000)
    expect([await found, threads[0]?.isEnded]).toEqual([[null], true])

    await clock.advance(100)
    const again = finder.find([ENDS])
    threads[0]?.emit('message', [1])
    threads[1]?.emit('message', [2])
    expect(await again).toEqual([2])
  })

  it('and does not even start leaves the owner unknown', async () => {
    const { finder } = withThreads(() => false)
    expect(await finder.find([ENDS])).toEqual([null])
  })

  it('is replaced after a pause, which grows until one answers', async () => {
    const { clock, finder, threads } = withThreads()
    const fail = async () => {
      const found = finder.find([ENDS])
      threads.at(-1)?.emit('exit')
      await found
    }
    const countAfter = async (ms: number) => {
      await clock.advance(ms)
      await fail()
      return threads.length
    }
    await fail()
    expect([await countAfter(99), await countAfter(1)]).toEqual([1, 2])
    expect([await countAfter(199), await countAfter(1)]).toEqual([2, 3])
    for (let count = 0; count < 20; count += 1) await countAfter(30_000)
    expect(threads.length).toBe(23)

    await clock.advance(30_000)
    const found = finder.find([ENDS])
    threads.at(-1)?.emit('message', [7])
    expect(await found).toEqual([7])
    await fail()
    expect(await countAfter(100)).toBe(25)
  })

  it('has no timer while nothing is asked', async () => {
    const { clock, finder, threads } = withThreads()
    const found = finder.find([ENDS])
    expect(clock.armed).toBe(1)
    threads[0]?.emit('message', [7])
    expect([await found, clock.armed]).toEqual([[7], 0])
  })

  it('is not started again once closed', async () => {
    const { finder, threads, failures } = withThreads()
    const found = finder.find([ENDS])
    finder.close()
    threads[0]?.emit('exit')
    expect([await found, await finder.find([ENDS])]).toEqual([[null], [null]])
    expect([threads.length, threads[0]?.isEnded, failures]).toEqual([1, true, []])
  })
})
