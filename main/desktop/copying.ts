import { createHmac, randomBytes } from 'node:crypto'
import type { CopyForm } from '../../preload/contract.ts'
import { type Clock, Lifetime } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Secret } from '../base/secret.ts'
import { Queue } from '../broker/queue.ts'
import type { ClipboardPort, Place } from './clipboard.ts'

/** What was copied. Times are epoch milliseconds. */
export interface Copied {
  readonly account: string
  readonly form: CopyForm
  /** The id of the lease that it is good for: what has ended has no business in the clipboard. */
  readonly lease: string
  /** When it will be cleared. */
  readonly clearsAt: number
}

interface CopyingPorts {
  readonly clipboard: ClipboardPort
  readonly clock: Clock
  /** How long a text may stay; asked at each copy. */
  readonly seconds: () => number
  /** A text could not be cleared; called once for each that was put, while it is tried again. */
  readonly failed: () => void
  /** `current` has changed. */
  readonly changed: () => void
  readonly log: Log
}

/** What is known of a text in the clipboard. Security: a keyed hash, never the text itself. */
interface Entry {
  readonly copied: Copied
  readonly hash: string
  readonly lifetime: Lifetime
  /** It was known for ours when it was put, so that it means something if it no longer is. */
  readonly recognised: boolean
  failures: number
}

/** A program that holds the clipboard and does not answer must not keep ours from going on. */
const ANSWER_MS = 3_000
/** What the last clearing may take. */
const CLOSE_MS = 5_000
/** How often it is looked whether somebody else has copied: no system says so. */
const LOOK_MS = 1_000
/** The pauses before a failed clearing is tried again; then only `clear` or the next copy does. */
const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 30_000]

/** Copies secrets, and takes them out of the clipboard again if it still holds them. */
export class Copying {
  readonly #ports: CopyingPorts
  readonly #key = randomBytes(32)
  /** One at a time: a clearing must not meet the text of the next copy. */
  readonly #queue = new Queue(1)
  #entry: Entry | null = null
  #isClosed = false
  #disarm: () => void = () => undefined

  constructor(ports: CopyingPorts) {
    this.#ports = ports
  }

  /** What was put and is not known to have left the clipboard. */
  get current(): Copied | null {
    return this.#entry?.copied ?? null
  }

  /**
   * Puts the text into the clipboard, in place of what was put before. Rejects with `server_error` if
   * the clipboard does not take it; then what was put before stays as it was. Nothing is put after
   * `close`: that is `temporarily_unavailable`.
   */
  put(text: Secret, { account, form, lease }: Omit<Copied, 'clearsAt'>): Promise<Copied> {
    return this.#queue.run(async () => {
      const { clipboard, clock, seconds, changed } = this.#ports
      if (this.#isClosed) {
        throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
      }
      try {
        await this.#inTime(clipboard.write(text))
      } catch {
        // Security: an error of the clipboard may quote what it was given, so it is no cause of ours.
        throw new TokentrayError('server_error', 'The clipboard did not take the text.', {
          account,
          hint: 'Try again; if it stays so, use "tokentray token" in a terminal.',
        })
      }
      const clearsAt = clock.now() + seconds() * 1_000
      const copied = { account, form, lease, clearsAt }
      const lifetime = new Lifetime(clock, clearsAt)
      const recognised = await this.#mayBeOurs(false)
      const before = this.#entry
      this.#entry = { copied, hash: this.#hash(text), lifetime, recognised, failures: 0 }
      this.#arm(this.#entry)
      changed()
      // The new text took its place in the clipboard, but not elsewhere.
      if (before && !(await this.#clearFrom(clipboard.places.slice(1), before))) this.#sayFailed()
      return copied
    })
  }

  /**
   * Clears what was put, now, if it is still there. Resolves to false if it may still be there, which
   * `failed` hears too; never rejects.
   */
  clear(): Promise<boolean> {
    return this.#queue.run(async () => {
      if (this.#entry) await this.#take(this.#entry)
      return this.#entry === null
    })
  }

  /** The same for good, and in a few seconds at most, whatever the clipboard does. */
  close(): Promise<boolean> {
    this.#isClosed = true
    return this.#inTime(this.clear(), CLOSE_MS).catch(() => false)
  }

  #arm(entry: Entry): void {
    this.#disarm()
    const left = entry.lifetime.remainingMs
    const pause = entry.failures === 0 ? Math.min(LOOK_MS, left) : AGAIN_MS[entry.failures - 1]
    if (pause === undefined) return
    this.#disarm = this.#ports.clock.after(pause, () => {
      void this.#queue.run(() => this.#look(entry))
    })
  }

  async #look(entry: Entry): Promise<void> {
    if (this.#entry !== entry) return
    if (entry.failures > 0 || entry.lifetime.remainingMs <= 0) return await this.#take(entry)
    // Then all that can be left of it is what the middle button pastes.
    if (await this.#isReplaced(entry)) await this.#take(entry)
    else this.#arm(entry)
  }

  /** Takes the text out of every place that holds it; what fails is tried again. */
  async #take(entry: Entry): Promise<void> {
    const { clipboard, log } = this.#ports
    if (await this.#clearFrom(clipboard.places, entry)) return this.#forget()
    entry.failures += 1
    log.warn('the clipboard could not be cleared', { tries: entry.failures })
    this.#arm(entry)
    if (entry.failures === 1) this.#sayFailed()
  }

  #sayFailed(): void {
    try {
      this.#ports.failed()
    } catch (error) {
      this.#ports.log.error('that the clipboard was not cleared could not be said', { error })
    }
  }

  /** Rejects where the clipboard does not answer. */
  #inTime<Value>(answer: Promise<Value>, ms = ANSWER_MS): Promise<Value> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error('The clipboard does not answer.'))
      const cancel = this.#ports.clock.after(ms, late)
      answer.finally(cancel).then(resolve, reject)
    })
  }

  /** Clears those places that hold the text, and reads back whether it is gone: false if it is not. */
  async #clearFrom(places: readonly Place[], entry: Entry): Promise<boolean> {
    const { clipboard } = this.#ports
    let gone = true
    for (const place of places) {
      try {
        if (!(await this.#holds(place, entry))) continue
        await this.#inTime(clipboard.clear(place))
        if (await this.#holds(place, entry)) gone = false
      } catch {
        // Not said why: the words of the clipboard may be those that it holds.
        gone = false
      }
    }
    return gone
  }

  /** True once somebody else has copied; what cannot be read counts as ours. */
  async #isReplaced(entry: Entry): Promise<boolean> {
    try {
      return !(await this.#holds('clipboard', entry))
    } catch {
      // The clearing at the end will meet the same trouble, and say so.
      return false
    }
  }

  async #mayBeOurs(ifUnknown: boolean): Promise<boolean> {
    try {
      return await this.#inTime(this.#ports.clipboard.mayBeOurs())
    } catch {
      // Only a shortcut: then the text itself is looked at.
      return ifUnknown
    }
  }

  async #holds(place: Place, entry: Entry): Promise<boolean> {
    if (place === 'clipboard' && entry.recognised && !(await this.#mayBeOurs(true))) return false
    const text = await this.#inTime(this.#ports.clipboard.read(place))
    return text !== null && this.#hash(text) === entry.hash
  }

  /** Windows gives line breaks back as two characters. */
  #hash(text: Secret): string {
    const plain = text.reveal().replaceAll('\r\n', '\n')
    return createHmac('sha256', this.#key).update(plain).digest('hex')
  }

  #forget(): void {
    this.#disarm()
    this.#entry = null
    this.#ports.changed()
  }
}
