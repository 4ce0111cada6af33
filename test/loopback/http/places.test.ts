import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Places } from '../../../main/loopback/http/places.ts'
import { prlimit } from '../../helpers/file-limit.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'
import { openRaw, type RawConnection } from '../../helpers/raw-http.ts'

/** Longer than any test runs: no connection is closed for being slow. */
const NEVER = 3_600_000
const patient = { headersMs: NEVER, requestMs: NEVER, idleMs: NEVER }

const FORM = 'Content-Type: application/x-www-form-urlencoded'

let endpoint: TestLoopback
const open = async (connections?: number) => {
  const made = await makeLoopback({
    limits: { ...patient, ...(connections !== undefined && { connections }) },
  })
  onTestFinished(() => made.close())
  endpoint = made
}

const connectAll = (count: number) =>
  Promise.all(Array.from({ length: count }, () => openRaw(endpoint.port)))
const lines = (method: string, path: string, ...headers: string[]) =>
  [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${endpoint.port}`, ...headers, '', ''].join(
    '\r\n',
  )
const health = () => lines('GET', '/v1/health')
const isHealthy = async () => (await fetch(`${endpoint.issuer}/v1/health`)).status

async function greet(connection: RawConnection | undefined): Promise<number | undefined> {
  connection?.send(health())
  return (await connection?.answers(1))?.[0]?.status
}

describe('at the limit, the next caller replaces', () => {
  it('the connection that has been silent longest', async () => {
    await open(2)
    const [oldest] = await connectAll(1)
    const [other] = await connectAll(1)
    expect(await isHealthy()).toBe(200)
    expect((await oldest?.closed())?.text).toBe('')
    expect(await greet(other)).toBe(200)
  })

  it('a silent one before one that waits for the next request', async () => {
    await open(2)
    const [idle] = await connectAll(1)
    expect(await greet(idle)).toBe(200)
    const [silent] = await connectAll(1)
    expect(await isHealthy()).toBe(200)
    await silent?.closed()
    idle?.send(health())
    expect(await idle?.answers(2)).toHaveLength(2)
  })

  it('the one that has been idle longest after its response', async () => {
    await open(2)
    const idle = await connectAll(2)
    for (const connection of idle) expect(await greet(connection)).toBe(200)
    idle[0]?.send(health())
    await idle[0]?.answers(2)
    expect(await isHealthy()).toBe(200)
    await idle[1]?.closed()
    idle[0]?.send(health())
    expect(await idle[0]?.answers(3)).toHaveLength(3)
  })

  it('one with an incomplete request', async () => {
    await open(1)
    const [half] = await connectAll(1)
    // In one piece: once the first is answered, the second has begun.
    half?.send(
      `${health() + lines('POST', '/oauth/token', FORM, 'Content-Length: 100')}grant_type=`,
    )
    expect(await half?.answers(1)).toHaveLength(1)
    expect(await isHealthy()).toBe(200)
    expect((await half?.closed())?.responses).toHaveLength(1)
  })

  it('no connection with a request in progress', async () => {
    await open(1)
    await endpoint.newAccount()
    const client = endpoint.addClient('tool', 'giantswarm/bob')
    const body = 'grant_type=client_credentials'
    const { authorization } = basic(client)
    const release = endpoint.giantswarm.gate.hold()
    const [busy] = await connectAll(1)
    const headers = [`Authorization: ${authorization}`, `Content-Length: ${body.length}`]
    busy?.send(lines('POST', '/oauth/token', FORM, ...headers) + body)
    await endpoint.giantswarm.gate.held(1)
    await expect(isHealthy()).rejects.toThrow()
    release()
    expect((await busy?.answers(1))?.[0]?.status).toBe(200)
    expect(await isHealthy()).toBe(200)
  })
})

describeWith([linuxProc, prlimit], 'silent connections', () => {
  it('do not block others, as many as a program can open', async () => {
    await open()
    await crowd(Math.min(10_000, openFileLimit() - 200))
    expect(await isHealthy()).toBe(200)
  }, 120_000)

  it('leave file descriptors for everything else, on the port and the Unix socket together', () => {
    const usual = openFileLimit()
    limitOpenFiles(512)
    onTestFinished(() => limitOpenFiles(usual))
    const sockets = [createServer(), createServer()].flatMap((server) => {
      new Places(server, 4_096)
      const connected = Array.from({ length: 600 }, () => new Socket())
      for (const socket of connected) server.emit('connection', socket)
      return connected
    })
    expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(256)
  })
})

const openFileLimit = () =>
  Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])

/** Only the soft limit, so that it can be raised again. */
function limitOpenFiles(count: number): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--nofile=${count}:`])
}

/** Opens connections from another program, which are silent until the test is over. */
async function crowd(count: number): Promise<void> {
  const program = spawn(
    process.execPath,
    [
      '-e',
      `let left = ${count}
      const one = () => {
        if (left === 0) return console.log('done')
        left -= 1
        const socket = require('node:net').connect(${endpoint.port}, '127.0.0.1', one)
        socket.on('error', () => undefined)
      }
      one()
      setTimeout(() => process.exit(), ${NEVER})`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(async () => {
    program.kill('SIGKILL')
    await once(program, 'close')
  })
  await once(program.stdout, 'data')
}
