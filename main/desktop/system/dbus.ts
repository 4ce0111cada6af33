import { connect, type Socket } from 'node:net'
import path from 'node:path'
import type { MessageBus } from '@homebridge/dbus-native'

/** The session bus of the user, or the system bus. */
export type BusName = 'session' | 'system'

/** Which signals to receive; an omitted member matches anything. */
export interface SignalRule {
  readonly interface: string
  readonly member: string
  /** Only from the owner of this name. */
  readonly sender?: string
  /** Only with this string as the first argument. */
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
  /** The arguments, all strings. */
  readonly body: readonly string[]
}

/** A connection to a D-Bus. */
export interface Bus {
  /** Resolves once every matching signal from now on will be received. */
  listen(rule: SignalRule, heard: (signal: Signal) => void): Promise<void>
  /** Resolves to the values of the reply. */
  call(call: MethodCall): Promise<readonly unknown[]>
  /** Resolves when the connection is closed, by either side. */
  readonly closed: Promise<void>
  close(): void
}

type Environment = Readonly<Record<string, string | undefined>>

/** The library has no timeout; a local bus answers within milliseconds. */
const DEADLINE_MS = 5_000
const SIGNAL = 4

/**
 * Connects to a bus. Rejects if there is none; each request rejects if no reply comes in time.
 *
 * The library implements the protocol; it is the only maintained D-Bus library in JavaScript without
 * native code and install scripts. The alternative, a child `gdbus monitor`, needs a program that not
 * every desktop has, leaves child processes to manage, and prints for humans.
 */
export async function connectBus(
  name: BusName,
  env: Environment = process.env,
  deadlineMs: number = DEADLINE_MS,
): Promise<Bus> {
  // Loaded only when needed: on Linux, after the tray icon was created.
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
      // The library would only log to the console, and never settle.
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
    // Security: the bus does not check the sender rule of a signal addressed to us, so any program can send one.
    if (message.destination !== undefined) return
    const signal = { path: message.path ?? '', body: message.body ?? [] }
    // In its own task, so that an error of the listener is not taken for one of the bus.
    queueMicrotask(() => heard(signal))
  })
}

/** The addresses in the order to try: D-Bus Specification, "Server Addresses". */
function addressesOf(name: BusName, env: Environment): string {
  if (name === 'system') {
    return env['DBUS_SYSTEM_BUS_ADDRESS'] || 'unix:path=/run/dbus/system_bus_socket'
  }
  const runtime = env['XDG_RUNTIME_DIR']
  const usual = runtime && path.isAbsolute(runtime) ? `unix:path=${path.join(runtime, 'bus')}` : ''
  return env['DBUS_SESSION_BUS_ADDRESS'] || usual
}

/** Opens the socket here, because the library needs another package for abstract addresses. */
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
 * The library throws what it cannot parse inside a socket event, where it cannot be caught and would
 * crash Tokentray. Security: on the system bus other users can send us anything.
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

/** Settles as the work does, but rejects when the time is over or the connection closes first. */
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
  /** Missing from the library's own types. */
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
