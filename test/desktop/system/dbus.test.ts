import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { connectBus } from '../../../main/desktop/system/dbus.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'
import { dbus, startOwnBus } from './own-bus.ts'

describeWith([linuxProc, dbus], 'a bus', () => {
  const endings: (() => unknown)[] = []
  let visits = 0

  afterEach(async () => {
    for (const end of endings.splice(0)) await end()
  })

  /** A server in place of a bus, which does this with each connection. */
  const startImpostor = async (
    behave: (socket: Socket) => void,
    place = path.join(makeTestFolder('bus'), 'bus'),
  ) => {
    visits = 0
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      visits += 1
      sockets.push(socket.on('error', () => undefined))
      behave(socket)
    })
    await new Promise<void>((resolve) => server.listen(place, resolve))
    endings.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${place}` }
  }
  const startBus = async (listen?: string) => {
    const bus = await startOwnBus(listen)
    endings.push(() => bus.close())
    return bus
  }
  const names = {
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
  }

  it('answers calls, and says which of them it refused', async () => {
    const { address } = await startBus()
    const bus = await connectBus('session', { DBUS_SESSION_BUS_ADDRESS: address })
    endings.push(bus.close)
    const asking = { ...names, member: 'NameHasOwner', body: ['org.freedesktop.DBus'] }
    expect(await bus.call(asking)).toEqual([true])
    await expect(bus.call({ ...asking, member: 'NoSuchThing' })).rejects.toThrow('UnknownMethod')
  })

  it('is found at a path with a space', async () => {
    const listen = `unix:path=${path.join(makeTestFolder('bus'), 'the%20bus')}`
    const { address } = await startBus(listen)
    ;(await connectBus('system', { DBUS_SYSTEM_BUS_ADDRESS: address })).close()
  })

  it('is found at an abstract address', async () => {
    // Not a real one: before Node 22 abstract names are padded, which only Node itself understands.
    const name = `tokentray-test-${process.pid}`
    await startImpostor((socket) => socket.end(), `\0${name}`)
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:abstract=${name},guid=0` }
    await expect(connectBus('session', env)).rejects.toThrow('is not there')
    expect(visits).toBe(1)
  })

  it('is found after an address of an unknown kind', async () => {
    const { address } = await startBus()
    const env = { DBUS_SESSION_BUS_ADDRESS: `launchd:env=X;${address}` }
    ;(await connectBus('session', env)).close()
  })

  it('is found in the runtime folder without an address', async () => {
    const runtime = makeTestFolder('run')
    await startBus(`unix:path=${path.join(runtime, 'bus')}`)
    ;(await connectBus('session', { XDG_RUNTIME_DIR: runtime })).close()
  })

  it.each([
    ['there is no address', {}],
    ['there is no bus at the address', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
    ['the address is of another kind', { DBUS_SESSION_BUS_ADDRESS: 'tcp:host=127.0.0.1,port=1' }],
  ])('is missing if %s', async (_, env) => {
    await expect(connectBus('session', env)).rejects.toThrow(/bus/)
  })

  it('is missing without an answer in time', async () => {
    let left = false
    const env = await startImpostor((socket) => socket.on('close', () => (left = true)).resume())
    await expect(connectBus('session', env, 50)).rejects.toThrow('did not answer in time')
    for (let turns = 0; !left && turns < 1_000; turns += 1) await new Promise(setImmediate)
    expect(left).toBe(true)
  })

  it('is missing if the listener hangs up', async () => {
    const env = await startImpostor((socket) => socket.end())
    await expect(connectBus('session', env)).rejects.toThrow('is not there')
  })

  it('is missing if it refuses us', async () => {
    const env = await startImpostor((socket) =>
      socket.on('data', () => socket.write('REJECTED\r\n')),
    )
    await expect(connectBus('session', env)).rejects.toThrow('is not there')
  })

  it('is closed, without a crash, when it sends what cannot be parsed', async () => {
    // A signal whose header lacks what it announces.
    const nonsense = Buffer.alloc(64, 0xff)
    nonsense.write('l\u0004\u0000\u0001', 'latin1')
    nonsense.writeUInt32LE(0, 4)
    nonsense.writeUInt32LE(1, 8)
    nonsense.writeUInt32LE(48, 12)
    let said = 0
    const env = await startImpostor((socket) => {
      socket.on('data', () => {
        said += 1
        socket.write(said === 1 ? `OK ${'0'.repeat(32)}\r\n` : nonsense)
      })
    })
    await expect(connectBus('session', env)).rejects.toThrow('is not there')
    expect(said).toBeGreaterThan(1)
  })

  it('reports when it is closed', async () => {
    const { address, close } = await startBus()
    const bus = await connectBus('session', { DBUS_SESSION_BUS_ADDRESS: address })
    await close()
    await bus.closed
    await expect(bus.call({ ...names, member: 'GetId', body: [] })).rejects.toThrow('not there')
  })
})
