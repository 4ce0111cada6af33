import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { must, schemes } from './basics.ts'

type Serve = (request: Request) => Response | Promise<Response>
type Answer = (granted: boolean) => void
type AskPermission = (contents: unknown, permission: string, answer: Answer, more: object) => void
type CheckPermission = (
  contents: unknown,
  permission: string,
  origin: string,
  more: object,
) => boolean
type BeforeRequest = (
  details: { url: string; method: string; resourceType: string },
  answer: (decision: { cancel?: boolean; redirectURL?: string }) => void,
) => void

/** `electron.protocol`, one for each session. */
export class Protocol {
  readonly #handlers = new Map<string, Serve>()

  registerSchemesAsPrivileged(
    list: readonly { scheme: string; privileges?: { standard?: boolean; secure?: boolean } }[],
  ): void {
    const early = 'protocol.registerSchemesAsPrivileged should be called before app is ready'
    must(!app.isReady(), early)
    for (const { scheme, privileges } of list) {
      schemes.set(scheme, { secure: privileges?.secure === true })
    }
  }

  handle(scheme: string, serve: Serve): void {
    must(app.isReady(), 'protocol.handle can only be used after app is ready')
    must(!this.#handlers.has(scheme), `Failed to register protocol: ${scheme}`)
    if (!schemes.has(scheme)) schemes.set(scheme, { secure: false })
    this.#handlers.set(scheme, serve)
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme)
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme)
  }

  /** The response of the scheme's handler; `undefined` without one. */
  serve(request: Request): Response | Promise<Response> | undefined {
    return this.#handlers.get(new URL(request.url).protocol.slice(0, -1))?.(request)
  }
}

/** `electron.session.defaultSession` and other sessions: what pages may do and load. */
export class Session extends EventEmitter {
  readonly protocol = new Protocol()
  #ask: AskPermission | null = null
  #check: CheckPermission | null = null
  #beforeRequest: BeforeRequest | null = null

  setPermissionRequestHandler(handler: AskPermission | null): void {
    this.#ask = handler
  }

  setPermissionCheckHandler(handler: CheckPermission | null): void {
    this.#check = handler
  }

  setDevicePermissionHandler(): void {}
  setDisplayMediaRequestHandler(): void {}
  setUSBProtectedClassesHandler(): void {}
  setBluetoothPairingHandler(): void {}
  setSpellCheckerEnabled(): void {}
  setCertificateVerifyProc(): void {}
  setUserAgent(): void {}

  readonly webRequest = {
    onBeforeRequest: (...args: [object, BeforeRequest] | [BeforeRequest | null]) => {
      this.#beforeRequest = typeof args[1] === 'function' ? args[1] : (args[0] as BeforeRequest)
    },
    onHeadersReceived: () => undefined,
    onBeforeSendHeaders: () => undefined,
  }

  async clearStorageData(): Promise<void> {}
  async clearCache(): Promise<void> {}
  async setProxy(): Promise<void> {}

  /** As in Electron, a permission is granted unless a handler denies it. */
  async allows(contents: unknown, permission: string, origin: string): Promise<boolean> {
    if (this.#check && !this.#check(contents, permission, origin, {})) return false
    const ask = this.#ask
    if (!ask) return true
    return new Promise((resolve) => ask(contents, permission, resolve, { requestingUrl: origin }))
  }

  /** Whether a request may be sent. */
  async lets(url: string, method: string, resourceType: string): Promise<boolean> {
    const before = this.#beforeRequest
    if (!before) return true
    const decision = new Promise<{ cancel?: boolean }>((resolve) =>
      before({ url, method, resourceType }, resolve),
    )
    return !(await decision).cancel
  }
}

const partitions = new Map<string, Session>()

/** `electron.session`. */
export const session = {
  defaultSession: new Session(),
  fromPartition: (name: string): Session => {
    must(app.isReady(), 'Session can only be received when app is ready')
    const there = partitions.get(name) ?? new Session()
    partitions.set(name, there)
    return there
  },
}
