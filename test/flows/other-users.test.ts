import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { defaultLimits } from '../../main/loopback/http/guarded-server.ts'
import { markedSecret } from '../helpers/marks.ts'
import { anotherUser, describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { install } from './real-agent.ts'

const NOBODY = 65_534
/** More than the endpoint accepts connections. */
const CROWD = defaultLimits.connections + 500

/** A program of another user of this machine; resolves once it reports that it is ready. */
async function asNobody(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', script], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout ?? child, 'data')
  return child
}

describeWith([anotherUser, linuxProc], 'another user of the machine', () => {
  it('is sent nothing when it holds the port of an agent that was killed', async () => {
    const installation = install()
    const serving = installation.serve(['--memory'])
    const port = Number(new URL(await serving.issuer()).port)
    await serving.kill()
    const squatter = await asNobody(`
      let got = 0
      const server = require('node:http').createServer((request, response) => {
        got += 1
        response.end('{}')
      })
      process.on('SIGTERM', () => { console.log('got ' + got); process.exit() })
      server.listen(${port}, '127.0.0.1', () => console.log('ready'))
    `)
    let said = ''
    squatter.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const password = markedSecret('squatted')
    const login = ['login', 'sftpgo', '--set', 'url=http://127.0.0.1:1', '--set', 'username=a']
    const outcome = await installation.cli(login, `${password}\n`)
    // A dead PID, or one reused by another process, must make no difference.
    expect([3, 5]).toContain(outcome.code)
    squatter.kill('SIGTERM')
    await once(squatter, 'close')
    expect(said).toContain('got 0')
  })

  it('cannot lock the owner out by exhausting the connections, and keeps only a few', async () => {
    const installation = install()
    const serving = installation.serve(['--memory'])
    const issuer = await serving.issuer()
    const port = Number(new URL(issuer).port)
    const crowd = await asNobody(`
      const net = require('node:net')
      let came = 0
      let stay = 0
      const come = () => {
        if (came === ${CROWD}) return
        came += 1
        let isIn = false
        const socket = net.connect(${port}, '127.0.0.1', () => {
          isIn = true
          stay += 1
          come()
        })
        socket.on('error', () => undefined)
        socket.once('close', () => {
          if (isIn) stay -= 1
          else come()
        })
      }
      for (let count = 0; count < 100; count += 1) come()
      setInterval(() => console.log(came + ' ' + stay), 100)
    `)
    let [came, stay] = [0, 0]
    crowd.stdout?.on('data', (chunk: Buffer) => {
      const last = chunk.toString().trimEnd().split('\n').at(-1)
      ;[came = 0, stay = 0] = (last ?? '').split(' ').map(Number)
    })
    /** By the socket, and by the port, where all connections meet. */
    const expectServed = async () => {
      expect(await installation.cli(['status'])).toMatchObject({ code: 0 })
      const headers = { connection: 'close' }
      for (let count = 0; count < 20; count += 1) {
        expect((await fetch(`${issuer}/v1/health`, { headers })).status).toBe(200)
      }
    }
    try {
      await expectServed()
      await eventually(() => came).toBe(CROWD)
      await eventually(() => stay).toBeLessThanOrEqual(defaultLimits.otherUsers)
      await expectServed()
    } finally {
      crowd.kill('SIGKILL')
      await serving.stop()
    }
  })
})
