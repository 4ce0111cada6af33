import { createHmac, randomBytes } from 'node:crypto'
import type { CopiedForm } from '../../../preload/snapshot.ts'
import { Queue } from '../../base/async/queue.ts'
import { type Clock, Lifetime } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Secret } from '../../base/secret.ts'
import type { Broker } from '../../broker/broker.ts'
import type { ClipboardPort, Place } from './clipboard.ts'

/** What was copied, and whose it is: an account's token or link, or a tool's secret. */
export interface CopiedThing {
  readonly account?: string
  readonly tool?: string
  readonly form: CopiedForm
  /** The id of its lease, if it has one. */
  readonly lease?: string
  /** False once it is no longer valid: then it is cleared. */
  readonly mayStay: (broker: Broker) => boolean
}

/** What was copied, until when; epoch milliseconds. */
export interface Copied extends CopiedThing {
  /** When it will be cleared. */
  readonly clearsAt: number
}

interface AutoClearPorts {
  readonly clipboard: ClipboardPort
  readonly clock: Clock
  /** How long a text may stay; read at each copy. */
  readonly seconds: () => number
  /** A text could not be cleared yet; called once for each copied text, while retries continue. */
  readonly failed: () => void
  /** `current` has changed. */
  readonly changed: () => void
  readonly log: Log
}

/** A text in the clipboard. Security: kept as a keyed hash, never as the text itself. */
interface Entry {
  readonly copied: Copied
  readonly hash: string
  readonly lifetime: Lifetime
  /** The clipboard was recognised as ours after the copy, so that a later "not ours" is meaningful. */
  recognised: boolean
  failures: number
  /** The user was told that it could not be cleared. */
  isSaid: boolean
  /** The write has not finished: the text may still arrive after it was reported as failed. */
  isUnderWay: boolean
  /** Cancels the next check. */
  disarm: () => void
}

/** How long to wait for the program that owns the clipboard. */
const ANSWER_MS = 3_000
/** How long the last clearing may take. */
const CLOSE_MS = 5_000
/** How often to check whether another program has copied something, on systems where a check does not prompt the user. No system reports it. */
const LOOK_MS = 1_000
/** The pauses before retries of a failed clearing; after them only `clear` or the next copy retries. */
const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 30_000]

/** Copies secrets, and clears them from the clipboard if it still holds them. */
export class AutoClear {
  readonly #ports: AutoClearPorts
  readonly #key = randomBytes(32)
  /** One operation at a time: a clearing must not remove the text of the next copy. */
  readonly #queue = new Queue(1)
  #entry: Entry | null = null
  /** Texts that the clipboard did not accept in time, each with a promise that settles when it is cleared. */
  readonly #late = new Map<Entry, Promise<void>>()
  #isClosed = false

  constructor(ports: AutoClearPorts) {
    this.#ports = ports
  }

  /** The copied text that is not known to have left the clipboard. */
  get current(): Copied | null {
    return this.#entry?.copied ?? null
  }

  /**
   * Copies the text to the clipboard and replaces the previous one. Rejects with `server_error` if the
   * clipboard does not accept it in time: the previous text then stays as it was, and a text that
   * arrives after all is cleared immediately. Rejects with `temporarily_unavailable` after `close`, and
   * while the desktop would drop the copy.
   */
  put(text: Secret, what: CopiedThing): Promise<Copied> {
    return this.#queue.run(async () => {
      const { clipboard, clock, seconds, changed } = this.#ports
      if (this.#isClosed) {
        throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
      }
      this.requireTaken(what)
      const hash = this.#hash(text)
      await this.#write(text, what, hash)
      const entry = this.#enter(what, hash, clock.now() + seconds() * 1_000)
      if (!clipboard.takesText()) {
        // It may have been accepted before the focus was lost; there is no way to tell, so clear it.
        this.#late.set(entry, Promise.resolve())
        await this.#take(entry)
        throw toDropped(what)
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
   * Throws `temporarily_unavailable` while the desktop would silently drop a copy. To be called before
   * something is issued that is to be copied.
   */
  requireTaken(what: Pick<CopiedThing, 'account'>): void {
    if (!this.#ports.clipboard.takesText()) throw toDropped(what)
  }

  /**
   * Clears the copied text now if it is still there. Resolves to false, after calling `failed`, if it
   * may still be there; never rejects. A text that arrives later is cleared then.
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
   * Clears for the last time, within a few seconds whatever the clipboard does. Waits that long for a
   * text that may still arrive, and resolves to false if it may arrive after that.
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

  /** The entry of a text, from now on. */
  #enter(what: CopiedThing, hash: string, clearsAt: number): Entry {
    const lifetime = new Lifetime(this.#ports.clock, clearsAt)
    return {
      ...{ copied: { ...what, clearsAt }, hash, lifetime, recognised: false },
      ...{ failures: 0, isSaid: false, isUnderWay: false, disarm: () => undefined },
    }
  }

  /** Security: a write that timed out may still succeed, so it is remembered and cleared. */
  async #write(text: Secret, what: CopiedThing, hash: string): Promise<void> {
    let isUnderWay = true
    const written = this.#ports.clipboard.write(text).finally(() => {
      isUnderWay = false
    })
    try {
      await this.#inTime(written)
    } catch {
      if (isUnderWay) this.#keepLate(this.#enter(what, hash, this.#ports.clock.now()), written)
      // Security: the clipboard's error may quote the text, so it is not passed on as the cause.
      throw new TokentrayError('server_error', `The ${nameOf(what)} could not be copied.`, {
        ...accountOf(what),
        hint: 'Try again. If it still fails, use the command line.',
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
    // Whatever the result: a write that reports failure may have succeeded.
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
    // Replaced in the clipboard, it may still be in the primary selection.
    if (await this.#isReplaced(entry)) await this.#take(entry)
    else this.#arm(entry)
  }

  /** Clears the text from every place that holds it; retries what fails. */
  async #take(entry: Entry): Promise<void> {
    const { clipboard, log } = this.#ports
    // The same text was copied again since, and may stay until that copy's time is over.
    const isCurrent = entry !== this.#entry && entry.hash === this.#entry?.hash
    const isGone = isCurrent || (await this.#clearFrom(clipboard.places, entry))
    if (isGone && !entry.isUnderWay) return this.#forget(entry)
    entry.failures += 1
    this.#arm(entry)
    // Before the write has finished, nothing is known to be there.
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
      this.#ports.log.error('a failed clearing of the clipboard could not be reported', { error })
    }
  }

  /** Rejects if the clipboard does not answer in time. */
  #inTime<Value>(answer: Promise<Value>, ms = ANSWER_MS): Promise<Value> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error('The clipboard does not answer.'))
      const cancel = this.#ports.clock.after(ms, late)
      answer.finally(cancel).then(resolve, reject)
    })
  }

  /** Clears the places that hold the text and reads them back; false if it is still there. */
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
        // Security: the reason is not logged, because it may quote the content.
        gone = false
      }
    }
    return gone
  }

  /**
   * Clears these texts from every place except the clipboard itself; resolves to those that may still
   * be there. Security: on Linux Chromium also puts a copied text into the primary selection, without
   * the hint for clipboard histories.
   */
  async #leftElsewhere(entries: readonly Entry[]): Promise<Entry[]> {
    const places = this.#ports.clipboard.places.slice(1)
    const left: Entry[] = []
    for (const entry of entries) if (!(await this.#clearFrom(places, entry))) left.push(entry)
    return left
  }

  /** True once another program has copied something; an unreadable clipboard counts as ours. */
  async #isReplaced(entry: Entry): Promise<boolean> {
    try {
      return !(await this.#holds('clipboard', entry))
    } catch {
      // Clearing it later will fail in the same way, and report it.
      return false
    }
  }

  async #mayBeOurs(ifUnknown: boolean): Promise<boolean> {
    try {
      return await this.#inTime(this.#ports.clipboard.mayBeOurs())
    } catch {
      // This check is only a shortcut: without it the text itself is compared.
      return ifUnknown
    }
  }

  async #holds(place: Place, entry: Entry): Promise<boolean> {
    if (place === 'clipboard' && entry.recognised && !(await this.#mayBeOurs(true))) return false
    const text = await this.#inTime(this.#ports.clipboard.read(place))
    return text !== null && this.#hash(text) === entry.hash
  }

  /** Windows returns line breaks as CRLF. */
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

function toDropped(what: Pick<CopiedThing, 'account'>): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    'This desktop allows copying only in the focused window.',
    { ...accountOf(what), hint: 'Copy it again in the Tokentray window.' },
  )
}

const accountOf = ({ account }: Pick<CopiedThing, 'account'>) =>
  account === undefined ? {} : { account }

const nameOf = ({ tool }: CopiedThing): string => (tool === undefined ? 'token' : 'secret')
