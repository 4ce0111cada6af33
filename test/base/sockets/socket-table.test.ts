import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { findAnyListener, findListener } from '../../../main/base/sockets/socket-table.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

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
