import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { type BadServer, type Behaviour, startBadServer } from '../providers/http/bad-server.ts'
import { type Installation, install, type Serving } from './real-agent.ts'

describe('an agent behind a proxy that hangs up or never answers', () => {
  let proxy: BadServer
  let installation: Installation
  let serving: Serving
  const hangsUp: Behaviour = (socket) => socket.once('data', () => socket.destroy())

  beforeAll(async () => {
    proxy = await startBadServer(hangsUp)
    installation = install({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
    serving = installation.serve(['--memory'])
    await serving.says(/^passwords: in memory$/)
  })
  afterAll(async () => {
    await serving?.stop()
    await proxy?.close()
  })

  const login = () =>
    installation.cli(['login', 'koyeb', '--name', 'work'], `${markedSecret('koyeb')}\n`)

  it('reports the proxy, and opens no more connections than requests', async () => {
    const refused = await login()
    expect(refused.code).toBe(8)
    expect(refused.stderr).toContain(`The proxy 127.0.0.1:${proxy.port} closed the connection`)
    await pause(500)
    expect(proxy.made).toBeLessThanOrEqual(2)
    expect(proxy.open).toBe(0)
  })

  it('stops on a signal while a call waits for the proxy', async () => {
    proxy.behave(() => undefined)
    const waiting = login()
    await proxy.heard(2)
    expect(await serving.stop()).toBe(0)
    expect((await waiting).code).not.toBe(0)
    expect(proxy.open).toBe(0)
  })
})
