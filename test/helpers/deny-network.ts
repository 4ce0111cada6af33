import { Socket } from 'node:net'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

interface Target {
  readonly host?: string
  readonly path?: string
}

const DENIED = Symbol.for('tokentray.test.network-denied')
const prototype: typeof Socket.prototype & { [DENIED]?: true } = Socket.prototype

/** Keeps tests off the network: a connection to another machine fails the test and names the address. */
function denyNetwork(): void {
  const connect = prototype.connect
  prototype.connect = function (this: Socket, ...args: unknown[]) {
    const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
    const target = (typeof first === 'object' && first !== null ? first : {}) as Target
    const host = target.host ?? (typeof args[1] === 'string' ? args[1] : 'localhost')
    if (target.path === undefined && !LOOPBACK.test(host)) {
      throw new Error(`A test tried to connect to ${host}.`)
    }
    return Reflect.apply(connect, this, args)
  } as typeof connect
  prototype[DENIED] = true
}

// Test files that share their modules run this setup again.
if (!prototype[DENIED]) denyNetwork()
