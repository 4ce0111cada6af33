import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { findAnyListener, findListener, Rows } from '../../../main/base/sockets/socket-table.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

it('answers many searches of one table like the first', () => {
  const row = (port: string, uid: number, inode: number) =>
    `   0: 0100007F:${port} 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  ${uid} 0 ${inode} 1\n`
  const rows = new Rows(
    `  sl  local_address rem_address\n${row('0001', 0, 0)}${row('0001', 7, 5)}${row('0002', 8, 6)}`,
  )
  const ask = (port: string) => rows.find(`0100007F:${port}`, '0100007F:1F90')
  for (let round = 0; round < 5; round += 1) {
    // One that its process has closed has no inode.
    expect([ask('0001'), ask('0002'), ask('0003')]).toEqual([7, 8, null])
  }
})

describeWith([linuxProc], 'who listens on a port', () => {
  it('is this user while the server listens, and none afterwards', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(findListener(port)).toBe(process.getuid?.())
    await new Promise((resolve) => server.close(resolve))
    expect(findListener(port)).toBeNull()
  })

  it.each(['127.0.0.1', '0.0.0.0', '::ffff:127.0.0.1', '::'])(
    'is also found if it gets our connections at %s',
    async (host) => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      expect(findAnyListener(port)).toBe(process.getuid?.())
      await new Promise((resolve) => server.close(resolve))
      expect(findAnyListener(port)).toBeNull()
    },
  )
})
