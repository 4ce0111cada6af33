import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer as createHttpServer, get } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Guard, type GuardOptions, hostsOfPort } from '../../../main/loopback/http/guard.ts'
import { portOf } from '../../../main/loopback/http/listening.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { anotherUser, curl, describeWith, linuxProc } from '../../helpers/needs.ts'
import { openRaw } from '../../helpers/raw-http.ts'

const run = promisify(execFile)
const ME = process.getuid?.() ?? -1
/** A uid that is not ours: on Debian that of the account without privileges. */
const OTHER = 65_534

describe('the guard', () => {
  it('looks a peer up once per connection', async () => {
    const { ask, lookUps, close } = await guarded({ uid: 7, peers: [7] })

    expect([await ask(), await ask(), await ask()]).toEqual(['served', 'served', 'served'])

    expect(lookUps()).toBe(1)
    await close()
  })

  it('refuses another user for as long as the connection lasts', async () => {
    const { ask, lookUps, close } = await guarded({ uid: 7, peers: [8, 7] })

    expect([await ask(), await ask()]).toEqual(['request_refused', 'request_refused'])

    expect(lookUps()).toBe(1)
    await close()
  })

  it('refuses an unknown peer, and looks it up again at the next request', async () => {
    const { ask, lookUps, close } = await guarded({ uid: 7, peers: ['unknown', 7] })

    expect([await ask(), await ask(), await ask()]).toEqual(['request_refused', 'served', 'served'])

    expect(lookUps()).toBe(2)
    await close()
  })

  it('looks nothing up on systems that do not tell users', async () => {
    const { ask, lookUps, close } = await guarded({ uid: null, peers: [] })

    expect(await ask()).toBe('served')

    expect(lookUps()).toBe(0)
    await close()
  })
})

describeWith([linuxProc, curl, anotherUser], 'another user of the machine', () => {
  let endpoint: TestLoopback
  beforeAll(async () => {
    endpoint = await makeLoopback()
  })
  afterAll(() => endpoint.close())

  const ask = async (uid: number, host: string, path = '/v1/health') => {
    const { stdout } = await run(
      'curl',
      [
        ...['-sS', '--globoff', '--noproxy', '*', '-w', '\n%{http_code}'],
        ...['-H', `Host: 127.0.0.1:${endpoint.port}`, `http://${host}:${endpoint.port}${path}`],
      ],
      { uid, gid: uid, cwd: '/', env: { PATH: process.env['PATH'] } },
    )
    const [body = '', status] = stdout.split('\n')
    return { status: Number(status), body: JSON.parse(body) as unknown }
  }

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]'])('is refused at %s', async (host) => {
    expect(await ask(OTHER, host)).toMatchObject({
      status: 403,
      body: {
        error: 'request_refused',
        error_description: 'The request comes from another user.',
      },
    })
  })

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]'])('and we are not, at %s', async (host) => {
    expect(await ask(ME, host)).toEqual({ status: 200, body: { status: 'ok' } })
  })

  it('is refused even if a program of ours had its port a moment ago', async () => {
    // It connects from the given port when told to, and prints the status.
    const stranger = spawn(
      process.execPath,
      [
        '-e',
        `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
          const socket = require('node:net').connect({
            host: '127.0.0.1', port: ${endpoint.port}, localPort: Number(line),
          })
          socket.on('error', (error) => console.log(error.code))
          socket.once('data', (data) => {
            console.log(String(data).split(' ')[1])
            socket.destroy()
          })
          socket.write('GET /v1/health HTTP/1.1\\r\\nHost: 127.0.0.1:${endpoint.port}\\r\\n\\r\\n')
        })
        console.log('ready')`,
      ],
      { uid: OTHER, gid: OTHER, cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const lines = createInterface({ input: stranger.stdout })[Symbol.asyncIterator]()
    await lines.next()
    const said: string[] = []
    while (said.length < 20) {
      // Ours, and in the kernel's table while that is read for another user.
      const helper = await openRaw(endpoint.port)
      const { localPort } = helper.socket
      await ask(ME, '127.0.0.1')
      helper.socket.resetAndDestroy()
      await once(helper.socket, 'close')
      stranger.stdin.write(`${localPort}\n`)
      const answer = String((await lines.next()).value)
      // The kernel has not released the port yet.
      if (answer !== 'EADDRINUSE') said.push(answer)
    }
    stranger.kill()
    expect(said).toEqual(said.map(() => '403'))
  })

  it('is not told which routes exist', async () => {
    expect((await ask(OTHER, '127.0.0.1', '/nothing')).status).toBe(403)
  })
})

/** A server with only the guard, which gets one peer after the other. */
async function guarded(
  options: Pick<GuardOptions, 'uid'> & { readonly peers: (number | 'unknown')[] },
) {
  let lookUps = 0
  const server = createHttpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  const findNext = () => {
    lookUps += 1
    return options.peers[lookUps - 1] ?? 'unknown'
  }
  const guard = new Guard({ isOwnHost: hostsOfPort(port), uid: options.uid, findPeer: findNext })
  server.on('request', (request, response) => {
    response.end(guard.check(request)?.code ?? 'served')
  })
  // One connection for all requests.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    lookUps: () => lookUps,
    ask: () =>
      new Promise<string>((resolve, reject) => {
        get({ port, host: '127.0.0.1', agent }, (response) => resolve(text(response))).on(
          'error',
          reject,
        )
      }),
    async close() {
      agent.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
