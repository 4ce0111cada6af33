import { createHmac, randomBytes } from 'node:crypto'
import type { CopiedForm } from '../../../preload/snapshot.ts'
import { Queue } from '../../base/async/queue.ts'
import { type Clock, Lifetime } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Secret } from '../../base/secret.ts'
import type { ClipboardPort, Place } from './clipboard.ts'

/** What was copied. Times are epoch milliseconds. */
export interface Copied {
  readonly account: string
  readonly form: CopiedForm
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
  recognised: boolean
  failures: number
  /** The person was told that it could not be cleared. */
  isSaid: boolean
  /** The clipboard has not answered yet: the text may still come, whoever was told that it did not. */
  isUnderWay: boolean
  /** Ends what is set to look at it again. */
  disarm: () => void
}

/** A program that holds the clipboard and does not answer must not keep ours from going on. */
const ANSWER_MS = 3_000
/** What the last clearing may take. */
const CLOSE_MS = 5_000
/** How often it is looked whether somebody else has copied, where that asks nobody: no system says so. */
const LOOK_MS = 1_000
/** The pauses before a failed clearing is tried again; then only `clear` or the next copy does. */
const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 30_000]

/** Copies secrets, and takes them out of the clipboard again if it still holds them. */
export class AutoClear {
  readonly #ports: CopyingPorts
  readonly #key = randomBytes(32)
  /** One at a time: a clearing must not meet the text of the next copy. */
  readonly #queue = new Queue(1)
  #entry: Entry | null = null
  /** Texts that the clipboard did not take in time, with what settles once they are dealt with. */
  readonly #late = new Map<Entry, Promise<void>>()
  #isClosed = false

  constructor(ports: CopyingPorts) {
    this.#ports = ports
  }

  /** What was put and is not known to have left the clipboard. */
  get current(): Copied | null {
    return this.#entry?.copied ?? null
  }

  /**
   * Puts the text into the clipboard, in place of what was put before. Rejects with `server_error` if
   * the clipboard does not take it in time; then what was put before stays as it was, and a text that
   * gets there all the same is cleared at once. Nothing is put after `close`, or while the desktop would
   * drop it: that is `temporarily_unavailable`.
   */
  put(text: Secret, what: Omit<Copied, 'clearsAt'>): Promise<Copied> {
    return this.#queue.run(async () => {
      const { clipboard, clock, seconds, changed } = this.#ports
      if (this.#isClosed) {
        throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
      }
      this.requireTaken(what.account)
      const hash = this.#hash(text)
      await this.#write(text, what, hash)
      const entry = this.#enter(what, hash, clock.now() + seconds() * 1_000)
      if (!clipboard.takesText()) {
        // It may have been taken before that, or not: nobody can tell, so that it goes again.
        this.#late.set(entry, Promise.resolve())
        await this.#take(entry)
        throw toDropped(what.account)
      }
      const before = this.#entry
      const left = await this.#leftElsewhere(before ? [entry, before] : [entry])
      entry.recognised = await this.#mayBeOurs(false)
      before?.disarm()
      this.#entry = entry
      this.#arm(entry)
      changed()
      for (const each of left) this.#sayFailed(each)
      return entry.copied
    })
  }

  /**
   * Throws `temporarily_unavailable` while the desktop would drop a copy without a word; for what has to
   * be known before something is made that is to be copied.
   */
  requireTaken(account: string): void {
    if (!this.#ports.clipboard.takesText()) throw toDropped(account)
  }

  /**
   * Clears what was put, now, if it is still there. Resolves to false if it may still be there, which
   * `failed` hears too; never rejects. A text that comes later is cleared then.
   */
  clear(): Promise<boolean> {
    return this.#queue.run(async () => {
      if (this.#entry) await this.#take(this.#entry)
      for (const entry of this.#late.keys()) await this.#take(entry)
      const left = [...this.#late.keys()].some(({ isUnderWay }) => !isUnderWay)
      return this.#entry === null && !left
    })
  }

  /**
   * The same for good, and in a few seconds at most, whatever the clipboard does. Waits as long for a
   * text that may still come, and resolves to false if it may come after that.
   */
  close(): Promise<boolean> {
    this.#isClosed = true
    const cleared = this.clear().then(async (isDone) => {
      if (this.#late.size === 0) return isDone
      await Promise.all(this.#late.values())
      return this.clear()
    })
    return this.#inTime(cleared, CLOSE_MS).catch(() => false)
  }

  /** What is known of a text from now on. */
  #enter(what: Omit<Copied, 'clearsAt'>, hash: string, clearsAt: number): Entry {
    const lifetime = new Lifetime(this.#ports.clock, clearsAt)
    return {
      ...{ copied: { ...what, clearsAt }, hash, lifetime, recognised: false },
      ...{ failures: 0, isSaid: false, isUnderWay: false, disarm: () => undefined },
    }
  }

  /** Security: a write that is given up may still be done, and then nobody else would clear it. */
  async #write(text: Secret, what: Omit<Copied, 'clearsAt'>, hash: string): Promise<void> {
    let isUnderWay = true
    const written = this.#ports.clipboard.write(text).finally(() => {
      isUnderWay = false
    })
    try {
      await this.#inTime(written)
    } catch {
      if (isUnderWay) this.#keepLate(this.#enter(what, hash, this.#ports.clock.now()), written)
      // Security: an error of the clipboard may quote what it was given, so it is no cause of ours.
      throw new TokentrayError('server_error', 'The clipboard did not take the text.', {
        account: what.account,
        hint: 'Try again; if it stays so, take the token by the command line.',
      })
    }
  }

  #keepLate(entry: Entry, written: Promise<void>): void {
    entry.isUnderWay = true
    const settle = () =>
      this.#queue.run(async () => {
        entry.isUnderWay = false
        entry.failures = 0
        await this.#take(entry)
      })
    // Whatever it answers: what is said to have failed may be there all the same.
    this.#late.set(entry, written.then(settle, settle))
    this.#arm(entry)
  }

  #arm(entry: Entry): void {
    entry.disarm()
    const left = entry.lifetime.remainingMs
    const isFree = this.#ports.clipboard.canBeLookedAt
    const usual = isFree ? Math.min(LOOK_MS, left) : left
    const first = entry.isUnderWay ? LOOK_MS : usual
    const pause = entry.failures === 0 ? first : AGAIN_MS[entry.failures - 1]
    if (pause === undefined) return
    entry.disarm = this.#ports.clock.after(pause, () => {
      void this.#queue.run(() => this.#look(entry))
    })
  }

  async #look(entry: Entry): Promise<void> {
    if (this.#entry !== entry && !this.#late.has(entry)) return
    if (entry.failures > 0 || entry.lifetime.remainingMs <= 0) return await this.#take(entry)
    // Then all that can be left of it is what the middle button pastes.
    if (await this.#isReplaced(entry)) await this.#take(entry)
    else this.#arm(entry)
  }

  /** Takes the text out of every place that holds it; what fails is tried again. */
  async #take(entry: Entry): Promise<void> {
    const { clipboard, log } = this.#ports
    // The same text was copied again since, and may stay as long as was promised for that.
    const isCurrent = entry !== this.#entry && entry.hash === this.#entry?.hash
    const isGone = isCurrent || (await this.#clearFrom(clipboard.places, entry))
    if (isGone && !entry.isUnderWay) return this.#forget(entry)
    entry.failures += 1
    this.#arm(entry)
    // Until then nothing is known to be there.
    if (entry.isUnderWay) return
    log.warn('the clipboard could not be cleared', { tries: entry.failures })
    this.#sayFailed(entry)
  }

  #sayFailed(entry: Entry): void {
    if (entry.isSaid) return
    entry.isSaid = true
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
        if (!(await this.#holds(place, entry))) continue
        await this.#inTime(clipboard.takeOver(place))
        if (await this.#holds(place, entry)) gone = false
      } catch {
        // Not said why: the words of the clipboard may be those that it holds.
        gone = false
      }
    }
    return gone
  }

  /**
   * Takes these texts out of every place but the clipboard itself; resolves to those that may still be there. Security: on Linux Chromium puts what is
   * copied also where the middle button pastes from, without the hint for histories, as other programs do.
   */
  async #leftElsewhere(entries: readonly Entry[]): Promise<Entry[]> {
    const places = this.#ports.clipboard.places.slice(1)
    const left: Entry[] = []
    for (const entry of entries) if (!(await this.#clearFrom(places, entry))) left.push(entry)
    return left
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

  #forget(entry: Entry): void {
    entry.disarm()
    this.#late.delete(entry)
    if (this.#entry !== entry) return
    this.#entry = null
    this.#ports.changed()
  }
}

function toDropped(account: string): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    'This desktop takes a copy only from the window that has the focus.',
    { account, hint: 'Copy it again in the window of Tokentray.' },
  )
}
