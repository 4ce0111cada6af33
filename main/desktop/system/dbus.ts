import { connect, type Socket } from 'node:net'
import path from 'node:path'
import type { MessageBus } from '@homebridge/dbus-native'

/** The user's own bus, or that of the machine. */
export type BusName = 'session' | 'system'

/** Which broadcasts are wanted; what is left out may be anything. */
export interface SignalRule {
  readonly interface: string
  readonly member: string
  /** Only from who owns this name. */
  readonly sender?: string
  /** Only with this text as its first value. */
  readonly arg0?: string
}

export interface Signal {
  readonly path: string
  readonly body: readonly unknown[]
}

export interface MethodCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  /** All arguments are texts. */
  readonly body: readonly string[]
}

/** A connection to a D-Bus. */
export interface Bus {
  /** Resolves once every such broadcast from now on will be heard. */
  listen(rule: SignalRule, heard: (signal: Signal) => void): Promise<void>
  /** The answer's values. */
  call(call: MethodCall): Promise<readonly unknown[]>
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>
  close(): void
}

type Environment = Readonly<Record<string, string | undefined>>

/** The library waits for ever; a bus on the same machine answers within milliseconds. */
const DEADLINE_MS = 5_000
const SIGNAL = 4

/**
 * Connects to a bus. Rejects where there is none, and each request where no answer comes in time.
 *
 * The library speaks the protocol; it is the one D-Bus library in JavaScript that still has releases,
 * without native code and install scripts. The other way, a child `gdbus monitor`, needs a program
 * that not every desktop has, leaves children to look after, and prints for people.
 */
export async function connectBus(
  name: BusName,
  env: Environment = process.env,
  deadlineMs: number = DEADLINE_MS,
): Promise<Bus> {
  // Loaded only where it is used: on Linux, and not before the tray icon is there.
  const { default: library } = await import('@homebridge/dbus-native')
  const socket = openSocket(addressesOf(name, env))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const inTime = <Value>(work: Promise<Value>): Promise<Value> =>
    withDeadline(work, closed, deadlineMs)
  const bus = library.createClient({ stream: socket, authMethods: ['EXTERNAL'] })
  bus.connection.on('error', () => socket.destroy())
  bus.connection.on('end', () => socket.destroy())
  const ask = (message: object) =>
    new Promise<readonly unknown[]>((resolve, reject) => {
      // The library would only complain on the console, and never answer.
      if (socket.destroyed) throw new Error('The bus is not there.')
      bus.invoke(message, (error, ...values) => {
        if (error) reject(new Error(`The bus refused: ${error.name}`))
        else resolve(values)
      })
    })
  try {
    await inTime(ask({ ...busItself, member: 'GetId' }))
  } catch (error) {
    socket.destroy()
    throw error
  }
  return {
    async listen(rule, heard) {
      hear(bus, rule, heard)
      await inTime(ask({ ...busItself, member: 'AddMatch', signature: 's', body: [toText(rule)] }))
    },
    call: (call) => inTime(ask({ ...call, signature: 's'.repeat(call.body.length) })),
    closed,
    close: () => socket.destroy(),
  }
}

const busItself = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
}

function toText(rule: SignalRule): string {
  const pairs = Object.entries({ type: 'signal', ...rule })
  return pairs.map(([key, value]) => `${key}='${value}'`).join(',')
}

function hear(bus: MessageBus, rule: SignalRule, heard: (signal: Signal) => void): void {
  bus.connection.on('message', (message) => {
    if (message.type !== SIGNAL) return
    if (message.interface !== rule.interface || message.member !== rule.member) return
    // Security: addressed to us, a signal comes from anybody, past the bus's check of its sender.
    if (message.destination !== undefined) return
    const signal = { path: message.path ?? '', body: message.body ?? [] }
    // On its own, so that a mistake of the listener's is not taken for one of the bus.
    queueMicrotask(() => heard(signal))
  })
}

/** In the order in which they are to be tried: the D-Bus Specification, "Server Addresses". */
function addressesOf(name: BusName, env: Environment): string {
  if (name === 'system') {
    return env['DBUS_SYSTEM_BUS_ADDRESS'] || 'unix:path=/run/dbus/system_bus_socket'
  }
  const runtime = env['XDG_RUNTIME_DIR']
  const usual = runtime && path.isAbsolute(runtime) ? `unix:path=${path.join(runtime, 'bus')}` : ''
  return env['DBUS_SESSION_BUS_ADDRESS'] || usual
}

/** Opened here, because the library needs another package for abstract addresses. */
function openSocket(addresses: string): Socket {
  for (const address of addresses.split(';')) {
    const [, keys] = /^unix:(.*)$/.exec(address) ?? []
    for (const pair of keys?.split(',') ?? []) {
      const [, key, value = ''] = /^(path|abstract)=(.+)$/.exec(pair) ?? []
      if (key)
        return guard(connect(`${key === 'abstract' ? '\0' : ''}${decodeURIComponent(value)}`))
    }
  }
  throw new Error('There is no address of a bus.')
}

/**
 * What the library cannot read it throws within an event of the socket, where nobody could catch it
 * and Tokentray would end. Security: on the system bus other users may send us what they like.
 */
function guard(socket: Socket): Socket {
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string | symbol, ...values: unknown[]) => {
    try {
      return emit(event, ...values)
    } catch {
      socket.destroy()
      return true
    }
  }
  return socket
}

/** As the work settles, unless the time is over or the connection ends before. */
async function withDeadline<Value>(
  work: Promise<Value>,
  closed: Promise<void>,
  deadlineMs: number,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The bus did not answer in time.')), deadlineMs)
    void closed.then(() => reject(new Error('The bus is not there.')))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

declare module '@homebridge/dbus-native' {
  /** Left out of the library's own types. */
  export function createClient(options: {
    readonly stream: Socket
    readonly authMethods: readonly string[]
  }): MessageBus
  interface MessageBus {
    invoke(
      message: object,
      callback: (error: { readonly name: string } | null, ...values: unknown[]) => void,
    ): void
  }
  interface BusConnection {
    on(event: 'message', listener: (message: BusMessage) => void): this
    on(event: 'error' | 'end', listener: () => void): this
  }
  interface BusMessage {
    readonly type: number
    readonly interface?: string
    readonly member?: string
    readonly path?: string
    readonly destination?: string
    readonly body?: readonly unknown[]
  }
}
