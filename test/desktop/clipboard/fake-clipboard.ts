import { Secret } from '../../../main/base/secret.ts'
import type { ClipboardPort, Place } from '../../../main/desktop/clipboard/clipboard.ts'

/** An in-memory clipboard that other programs use as well, and that can be made to fail. */
export class FakeClipboard implements ClipboardPort {
  readonly places: readonly Place[]
  readonly #texts = new Map<Place, string>()
  #hinted = false
  canBeLookedAt = true
  /** How often its owner was asked for. */
  looks = 0
  /** The operations on each place, in order. */
  readonly calls: string[] = []
  /** How often a write was attempted, whatever the result. */
  writes = 0
  /** Clearing seems to work and does nothing, as under some compositors. */
  deaf = false
  /** The places where another program re-offers our text, which clearing does not affect. */
  readonly kept = new Set<Place>()
  /** These reject. */
  readonly broken = new Set<'write' | 'read' | 'clear' | 'mayBeOurs'>()
  /** As on macOS: reading what another program has copied prompts the user. */
  asks = false
  /** The system does not offer the hint. */
  losesHints = false
  /** As on Wayland while another window has the focus. */
  drops = false
  /** A write waits for this. */
  gate: Promise<void> = Promise.resolve()

  constructor(places: readonly Place[] = ['clipboard', 'primary']) {
    this.places = places
  }

  async write(text: Secret): Promise<void> {
    this.writes += 1
    await this.gate
    this.#mayFail('write', text)
    // As Chromium does on Linux.
    if (this.drops) return
    for (const place of this.places) this.#texts.set(place, text.reveal())
    this.#hinted = !this.losesHints
  }

  takesText(): boolean {
    return !this.drops
  }

  async read(place: Place): Promise<Secret | null> {
    this.calls.push(`read ${place}`)
    const text = this.#texts.get(place)
    this.#mayFail('read', text)
    return text ? new Secret(text) : null
  }

  async mayBeOurs(): Promise<boolean> {
    this.looks += 1
    this.#mayFail('mayBeOurs')
    return !this.asks || this.#hinted
  }

  async clear(place: Place): Promise<void> {
    this.calls.push(`clear ${place}`)
    this.#mayFail('clear', this.#texts.get(place))
    if (!this.deaf && !this.kept.has(place)) this.#texts.delete(place)
  }

  async takeOver(place: Place): Promise<void> {
    this.calls.push(`take over ${place}`)
    this.#mayFail('clear', this.#texts.get(place))
    if (this.deaf) return
    this.kept.delete(place)
    this.#texts.delete(place)
  }

  /** Another program copies, or the user selects. */
  otherCopies(text: string, place: Place = 'clipboard'): void {
    this.#texts.set(place, text)
    if (place === 'clipboard') this.#hinted = false
  }

  /** What another program would paste. */
  paste(place: Place = 'clipboard'): string | undefined {
    return this.#texts.get(place)
  }

  /** An error that quotes the content of the clipboard, which must not be passed on. */
  #mayFail(call: 'write' | 'read' | 'clear' | 'mayBeOurs', text?: unknown): void {
    const quoted = typeof text === 'string' ? text : text instanceof Secret ? text.reveal() : ''
    if (this.broken.has(call)) throw new Error(`${call} failed at ${quoted}`)
  }
}
