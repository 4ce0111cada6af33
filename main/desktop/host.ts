import type { OtherBroker, Snapshot } from '../../preload/snapshot.ts'
import { Queue } from '../base/async/queue.ts'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { Broker } from '../broker/broker.ts'
import type { RemainingTokens } from '../broker/revocation/remaining-tokens.ts'
import type { Running } from './running.ts'

interface HostPorts {
  /** Starts Tokentray in this process; with `memory` credentials are kept in memory only. */
  readonly start: (memory: boolean) => Promise<Running>
  /** Keep credentials in memory from the first start on; otherwise only after `useMemory`. */
  readonly memory?: boolean
  /** The other process that holds the lock, if any. */
  readonly findOther: () => OtherBroker | null
  readonly changed: () => void
  /** Lines were written to the audit log. */
  readonly recorded?: () => void
  /** It could not be started, and the user cannot fix that here. */
  readonly fatal: (error: unknown) => void
  readonly clock: Clock
}

/** How often to check whether the other broker has stopped. */
const LOOK_MS = 3_000
/** How long a restart may take to revoke tokens; the next start revokes the rest. */
const RESTART_MS = 5_000

/** The one Tokentray of this process. It can be blocked by another process, and restarted. */
export class Host {
  readonly #ports: HostPorts
  #phase: Snapshot['phase'] = 'starting'
  #other: OtherBroker | null = null
  #running: Running | null = null
  #memory: boolean
  #unsubscribe: () => void = () => undefined
  /** Starts and stops run one at a time. */
  readonly #turns = new Queue(1)

  constructor(ports: HostPorts) {
    this.#ports = ports
    this.#memory = ports.memory ?? false
  }

  get phase(): Snapshot['phase'] {
    return this.#phase
  }

  get otherBroker(): OtherBroker | null {
    return this.#other
  }

  get running(): Running | null {
    return this.#running
  }

  get memory(): boolean {
    return this.#memory
  }

  /** The broker; throws `already_running` or `temporarily_unavailable` while there is none in this process. */
  get broker(): Broker {
    return this.#present.broker
  }

  /** The audit log; throws like `broker` while there is none. */
  get activity(): Running['activity'] {
    return this.#present.activity
  }

  /** Resolves when it runs or is blocked; the keychain may not have been tried yet. */
  start(): Promise<void> {
    return this.#turns.run(() => this.#start())
  }

  /** Restarts with credentials in memory. */
  useMemory(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#memory || this.#phase === 'stopping') return
      await this.#restart(() => {
        this.#memory = true
      })
    })
  }

  /** Revokes every token it can within `deadlineMs` and stops for good; resolves to what is left. */
  stop(deadlineMs: number): Promise<RemainingTokens> {
    this.#phase = 'stopping'
    this.#ports.changed()
    return this.#turns.run(() => this.#end(deadlineMs))
  }

  /** Immediately removes the files that lead to the endpoint, for an exit that does not wait. */
  leave(): void {
    this.#running?.leave()
  }

  get #present(): Running {
    if (this.#running && this.#phase !== 'stopping') return this.#running
    if (this.#phase === 'blocked') throw new TokentrayError('already_running')
    const word = this.#phase === 'stopping' ? 'stopping' : 'starting'
    throw new TokentrayError('temporarily_unavailable', `Tokentray is ${word}.`, {
      hint: 'Try again in a moment.',
    })
  }

  async #start(): Promise<void> {
    if (this.#running || this.#phase === 'stopping') return
    const { start, changed, fatal } = this.#ports
    this.#setPhase('starting')
    try {
      const running = await start(this.#memory)
      this.#running = running
      const unsubscribe = [
        running.broker.changes.on(changed),
        running.activity.on(() => this.#ports.recorded?.()),
      ]
      this.#unsubscribe = () => {
        for (const end of unsubscribe) end()
      }
      void running.started.then(
        () => {
          if (this.#running === running && this.#phase === 'starting') this.#setPhase('running')
        },
        (error: unknown) => fatal(error),
      )
      void running.lost.then(() => this.#startAnew(running))
      changed()
    } catch (error) {
      if (!isTokentrayError(error) || error.code !== 'already_running') return fatal(error)
      this.#block()
    }
  }

  /** Another process has taken the lock: it is the broker now, unless it has stopped since. */
  #startAnew(lost: Running): void {
    void this.#turns.run(async () => {
      if (this.#running === lost && this.#phase !== 'stopping') await this.#restart()
    })
  }

  async #restart(between: () => void = () => undefined): Promise<void> {
    try {
      await this.#end(RESTART_MS)
    } catch (error) {
      // It may still hold the lock, which keeps a new one from starting.
      this.#ports.fatal(error)
      return
    }
    between()
    await this.#start()
  }

  #block(): void {
    if (this.#phase === 'stopping') return
    const { findOther, clock } = this.#ports
    this.#other = findOther() ?? { kind: 'unknown', pid: null }
    this.#setPhase('blocked')
    clock.after(LOOK_MS, () => this.#lookAgain())
  }

  /** Starts as soon as the other process has stopped. */
  #lookAgain(): void {
    if (this.#phase !== 'blocked') return
    const { findOther, clock } = this.#ports
    if (findOther()) clock.after(LOOK_MS, () => this.#lookAgain())
    else void this.start()
  }

  async #end(deadlineMs: number): Promise<RemainingTokens> {
    const running = this.#running
    if (!running) return { pending: 0, untilExpiry: 0 }
    try {
      return await running.stop(deadlineMs)
    } finally {
      this.#unsubscribe()
      this.#running = null
      this.#ports.changed()
    }
  }

  #setPhase(phase: Snapshot['phase']): void {
    if (this.#phase === 'stopping') return
    this.#phase = phase
    if (phase !== 'blocked') this.#other = null
    this.#ports.changed()
  }
}
