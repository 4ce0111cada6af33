import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { must, PreventableEvent } from './basics.ts'
import { SingleInstance } from './single-instance.ts'

const packageJson = JSON.parse(readFileSync(path.resolve('package.json'), 'utf8')) as {
  readonly name: string
  readonly productName?: string
  readonly version: string
}

/** What the app needs from the windows to quit as Electron does. */
export interface Closable {
  close(): void
}

/** `electron.app`: life, paths and the single-instance lock. */
export class App extends EventEmitter {
  readonly isPackaged = false
  readonly windows = new Set<Closable>()
  readonly #switches = new Map<string, string>()
  readonly #paths = new Map<string, string>()
  readonly #atExit: (() => Promise<unknown> | undefined)[] = []
  readonly #ready: Promise<void>
  #becomeReady = () => {}
  #isReady = false
  #isQuitting = false
  #name = packageJson.productName ?? packageJson.name
  #instance: SingleInstance | undefined
  loginItem: { openAtLogin?: boolean } = {}

  constructor() {
    super()
    this.#ready = new Promise((resolve) => {
      this.#becomeReady = resolve
    })
  }

  readonly commandLine = {
    appendSwitch: (name: string, value = '') => void this.#switches.set(name, value),
    appendArgument: () => undefined,
    hasSwitch: (name: string) => this.#switches.has(name),
    getSwitchValue: (name: string) => this.#switches.get(name) ?? '',
    removeSwitch: (name: string) => void this.#switches.delete(name),
  }

  /** Electron is ready only after the main module was evaluated. */
  becomeReady(): void {
    setImmediate(() => {
      this.#isReady = true
      this.emit('will-finish-launching')
      this.emit('ready', {}, {})
      this.#becomeReady()
    })
  }

  /** Waited for before the process ends. */
  atExit(end: () => Promise<unknown> | undefined): void {
    this.#atExit.push(end)
  }

  whenReady(): Promise<void> {
    return this.#ready
  }

  isReady(): boolean {
    return this.#isReady
  }

  get name(): string {
    return this.#name
  }

  set name(name: string) {
    this.#name = name
  }

  getName(): string {
    return this.#name
  }

  setName(name: string): void {
    this.#name = name
  }

  getVersion(): string {
    return packageJson.version
  }

  getLocale(): string {
    return 'en-US'
  }

  getSystemLocale(): string {
    return 'en-US'
  }

  getAppPath(): string {
    return process.cwd()
  }

  setPath(name: string, value: string): void {
    must(path.isAbsolute(value), 'Path must be absolute')
    this.#paths.set(name, value)
  }

  getPath(name: string): string {
    const config = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config')
    const userData = this.#paths.get('userData') ?? path.join(config, this.#name)
    const known: Record<string, string> = {
      ...{ home: homedir(), appData: config, temp: tmpdir(), exe: process.execPath },
      ...{ userData, sessionData: userData, crashDumps: path.join(userData, 'Crashpad') },
      ...{ logs: path.join(userData, 'logs'), downloads: path.join(homedir(), 'Downloads') },
    }
    const found = this.#paths.get(name) ?? known[name]
    if (!found) throw new Error(`Failed to get '${name}' path`)
    if (name === 'userData') mkdirSync(found, { recursive: true })
    return found
  }

  requestSingleInstanceLock(data: unknown = null): boolean {
    this.#instance ??= new SingleInstance(this.getPath('userData'), (message) => {
      this.emit('second-instance', {}, message.argv, message.cwd, message.data)
    })
    return this.#instance.request({ argv: process.argv, cwd: process.cwd(), data })
  }

  hasSingleInstanceLock(): boolean {
    return this.#instance?.isOurs ?? false
  }

  releaseSingleInstanceLock(): void {
    this.#instance?.release()
  }

  setLoginItemSettings(settings: { openAtLogin?: boolean }): void {
    this.loginItem = settings
  }

  getLoginItemSettings(): { openAtLogin: boolean } {
    return { openAtLogin: this.loginItem.openAtLogin ?? false }
  }

  enableSandbox(): void {
    must(!this.#isReady, 'app.enableSandbox() can only be called before app is ready')
    // As Electron does (RemoveNoSandboxSwitch).
    this.#switches.delete('no-sandbox')
  }

  disableHardwareAcceleration(): void {
    must(!this.#isReady, 'app.disableHardwareAcceleration() can only be called before app is ready')
  }

  setAppUserModelId(): void {}
  setDesktopName(): void {}
  setAboutPanelOptions(): void {}
  focus(): void {}
  hide(): void {}
  show(): void {}
  isHidden(): boolean {
    return false
  }

  quit(): void {
    if (this.#isQuitting) return
    const event = new PreventableEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#isQuitting = true
    for (const window of [...this.windows]) window.close()
    if (this.windows.size === 0) this.emit('will-quit', event)
    if (this.windows.size > 0 || event.defaultPrevented) this.#isQuitting = false
    else this.exit(0)
  }

  exit(code = 0): void {
    this.emit('quit', {}, code)
    this.#isQuitting = true
    const ended = [() => this.#instance?.end(), ...this.#atExit].map((end) => end())
    void Promise.allSettled(ended).then(() => process.exit(code))
  }

  relaunch(): void {
    throw new Error('stand-in: app.relaunch is not there')
  }

  /** Closing the last window quits the app unless there is a listener. */
  windowClosed(): void {
    if (this.windows.size > 0 || this.#isQuitting) return
    if (!this.emit('window-all-closed')) this.quit()
  }
}

export const app = new App()
