import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { Dispatchers } from '../../../main/providers/http/dispatchers.ts'

it('connects once for each exchange, and never reconnects', async () => {
  let connections = 0
  const server = createServer((_request, response) => response.end('once'))
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { signal } = new AbortController()
  const usual = { all: async () => [] }
  const dispatchers = new Dispatchers({ env: {}, clock: systemClock, connectMs: 5_000, usual })
  const connection = await dispatchers.open(new URL(origin), undefined, signal)
  onTestFinished(() => connection.destroy())
  const ask = () => connection.dispatcher.request({ origin, path: '/', method: 'GET', reset: true })

  const { body } = await ask()
  expect(await body.text()).toBe('once')
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(connections).toBe(1)
})
