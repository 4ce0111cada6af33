import type { OtherBroker, Snapshot } from '../../preload/snapshot.ts'
import { Queue } from '../base/async/queue.ts'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { Broker } from '../broker/broker.ts'
import type { RemainingTokens } from '../broker/revocation/remaining-tokens.ts'
import type { Running } from './running.ts'

interface HostPorts {
  /** Starts a Tokentray in this process; `memory`: credentials are kept until the end only. */
  readonly start: (memory: boolean) => Promise<Running>
  /** Who holds the lock, if somebody does. */
  readonly findOther: () => OtherBroker | null
  readonly changed: () => void
  /** Lines were written to the record. */
  readonly recorded?: () => void
  /** It could not be started, and nothing that the person can do here would change that. */
  readonly fatal: (error: unknown) => void
  readonly clock: Clock
}

/** How often it is looked whether the other broker has gone. */
const LOOK_MS = 3_000
/** What a restart may take to end tokens; those that are left are worked off by whoever comes next. */
const RESTART_MS = 5_000

/** The one Tokentray of this process: it can be blocked by another one, and started anew. */
export class Host {
  readonly #ports: HostPorts
  #phase: Snapshot['phase'] = 'starting'
  #other: OtherBroker | null = null
  #running: Running | null = null
  #memory = false
  #unsubscribe: () => void = () => undefined
  /** Starts and stops go one after the other. */
  readonly #turns = new Queue(1)

  constructor(ports: HostPorts) {
    this.#ports = ports
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

  /** The broker, or `already_running` or `temporarily_unavailable` while there is none here. */
  get broker(): Broker {
    return this.#present.broker
  }

  /** The record of what runs here; as `broker` while there is none. */
  get activity(): Running['activity'] {
    return this.#present.activity
  }

  /** Resolves when it runs, or is blocked; the keychain may still be tried then. */
  start(): Promise<void> {
    return this.#turns.run(() => this.#start())
  }

  /** Ends what runs and starts anew, with credentials in memory. */
  useMemory(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#memory || this.#phase === 'stopping') return
      await this.#restart(() => {
        this.#memory = true
      })
    })
  }

  /** Ends every token it can in `deadlineMs`, for good; resolves to how many are left. */
  stop(deadlineMs: number): Promise<RemainingTokens> {
    this.#phase = 'stopping'
    this.#ports.changed()
    return this.#turns.run(() => this.#end(deadlineMs))
  }

  /** Takes away, at once, what leads to the endpoint: for an end that nobody waits for. */
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

  /** Another process has taken over: it is the one broker now, unless it has gone again. */
  #startAnew(lost: Running): void {
    void this.#turns.run(async () => {
      if (this.#running === lost && this.#phase !== 'stopping') await this.#restart()
    })
  }

  async #restart(between: () => void = () => undefined): Promise<void> {
    try {
      await this.#end(RESTART_MS)
    } catch (error) {
      // It may still hold the lock, so that nothing can be started beside it.
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

  /** The other one may end by itself: then this one takes its place. */
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
