import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { Precedence } from '../../../main/base/async/precedence.ts'
import { goingFirst } from '../../../main/loopback/management/going-first.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

/** An endpoint that reports for each request in progress whether the record waits for it. */
async function makeEndpoint() {
  const clock = new FakeClock()
  const precedence = new Precedence(clock)
  /** Waits for a turn; true if it took longer than the rest of the current one. */
  const stoodBack = async () => {
    let hasGone = false
    void precedence
      .pieces()
      .next()
      .then(() => (hasGone = true))
    for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done))
    return !hasGone
  }
  const server = createServer(
    goingFirst((_request, response) => {
      void stoodBack().then((found) => response.end(String(found)))
    }, precedence),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const ask = async (path: string) => {
    const [answer] = await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response')
    let body = ''
    for await (const piece of answer) body += String(piece)
    return body
  }
  return { ask, stoodBack, port }
}

it('gives every request priority over reading the record, except another reading', async () => {
  const { ask, stoodBack } = await makeEndpoint()
  for (const path of ['/oauth/token', '/v1/leases', '/v1/status', '/v1/activity?']) {
    expect(await ask(path), path).toBe('true')
  }
  expect(await ask('/v1/activity')).toBe('false')
  await expect.poll(stoodBack).toBe(false)
})

it('does not wait for a caller that has disconnected', async () => {
  const { stoodBack, port } = await makeEndpoint()
  const request = get({ host: '127.0.0.1', port, path: '/oauth/token', agent: false })
  request.on('error', () => undefined)
  await once(request, 'socket')
  await new Promise((done) => request.once('finish', done))
  request.destroy()
  await expect.poll(stoodBack).toBe(false)
})
