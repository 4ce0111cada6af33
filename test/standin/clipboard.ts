import { app } from './app.ts'
import { must } from './basics.ts'
import { BrowserWindow } from './browser-window.ts'
import { onWayland } from './wayland.ts'
import { type Offer, XSelections } from './x-selection.ts'

const RAW = /^electron application\/osclipboard;\s*format="(.+)"$/
const TEXT = 'text/plain'
const TEXT_TARGETS = ['UTF8_STRING', 'text/plain;charset=utf-8', TEXT, 'STRING', 'TEXT']

type Value = string | Blob | Promise<string | Blob>

/** `ClipboardItem` of Electron 44 and later. */
export class ClipboardItem {
  readonly #items: Readonly<Record<string, Value>>

  constructor(items: Readonly<Record<string, Value>>) {
    must(Object.keys(items).length > 0, 'Failed to construct ClipboardItem: empty')
    this.#items = items
  }

  get types(): string[] {
    return Object.keys(this.#items)
  }

  async getType(type: string): Promise<Blob> {
    const value = await this.#items[type]
    must(value !== undefined, `The type '${type}' was not found`)
    return value instanceof Blob ? value : new Blob([value], { type })
  }
}

let opened: Promise<XSelections> | undefined

/** Connects to the X server at the first use; without one a copy fails. */
function selections(): Promise<XSelections> {
  const display = process.env['DISPLAY']
  must(display, 'stand-in: there is no DISPLAY')
  if (!opened) {
    opened = XSelections.open(display)
    // As with every X program, our selection ends with the process.
    app.atExit(async () => (await opened)?.close())
  }
  return opened
}

/** What was copied last, and whether it reached the X server. */
interface Own {
  readonly offer: Offer
  readonly isOut: boolean
}

/** `clipboard` on one selection of the X server; overlapping calls run one at a time. */
class Clipboard {
  readonly #selection: 'CLIPBOARD' | 'PRIMARY'
  #last: Promise<unknown> = Promise.resolve()
  /** Only on Wayland: there Chromium reads its own copy from memory. */
  #own: Own | null = null

  constructor(selection: 'CLIPBOARD' | 'PRIMARY') {
    this.#selection = selection
  }

  write(items: readonly ClipboardItem[]): Promise<void> {
    return this.#inTurn(async (x) => {
      const offer = new Map<string, Buffer>()
      for (const item of items) {
        for (const type of item.types) {
          const value = Buffer.from(await (await item.getType(type)).arrayBuffer())
          for (const target of toTargets(type)) offer.set(target, value)
        }
      }
      await this.#offer(x, offer)
      // As Chromium on Linux (clipboard_ozone.cc): a copied text is also in the primary selection,
      // there without the other formats.
      const text = TEXT_TARGETS.flatMap((target) => {
        const value = offer.get(target)
        return value ? [[target, value] as const] : []
      })
      if (this !== primary && text.length > 0) await primary.#offer(x, new Map(text))
    })
  }

  async writeText(text: string): Promise<void> {
    must(typeof text === 'string', 'conversion failure')
    await this.write([new ClipboardItem({ [TEXT]: text })])
  }

  read(): Promise<ClipboardItem[]> {
    return this.#inTurn(async (x) => {
      const items: [string, Blob][] = []
      for (const target of await this.#targets(x)) {
        const value = await this.#value(x, target)
        const isText = TEXT_TARGETS.includes(target)
        const type = isText ? TEXT : `electron application/osclipboard;format="${target}"`
        if (value && !items.some(([known]) => known === type)) {
          items.push([type, new Blob([new Uint8Array(value)], { type })])
        }
      }
      return items.length === 0 ? [] : [new ClipboardItem(Object.fromEntries(items))]
    })
  }

  readText(): Promise<string> {
    return this.#inTurn(async (x) => {
      for (const target of TEXT_TARGETS) {
        const value = await this.#value(x, target)
        if (value) return value.toString()
      }
      return ''
    })
  }

  has(type: string): Promise<boolean> {
    return this.#inTurn(async (x) => {
      const there = await this.#targets(x)
      return toTargets(type).some((target) => there.includes(target))
    })
  }

  /** Not awaited, as in Electron. */
  clear(): void {
    void this.#inTurn(async (x) => {
      const wasOut = this.#own?.isOut === true
      this.#own = null
      // A compositor clears nothing of another program.
      if (!onWayland || wasOut) await x.disown(this.#selection)
    })
  }

  async #offer(x: XSelections, offer: Offer): Promise<void> {
    const isOut = hasFocus()
    if (isOut) await x.own(this.#selection, offer)
    // The previous copy is lost anyway, because its source is replaced.
    else if (this.#own?.isOut) await x.disown(this.#selection)
    if (onWayland) this.#own = { offer, isOut }
  }

  /** Our own copy, until another program copies. */
  async #cached(x: XSelections): Promise<Offer | null> {
    if (this.#own?.isOut && !(await x.isOurs(this.#selection))) this.#own = null
    return this.#own?.offer ?? null
  }

  async #targets(x: XSelections): Promise<readonly string[]> {
    const own = await this.#cached(x)
    const targets = own ? [...own.keys()] : hasFocus() ? await x.targets(this.#selection) : []
    return targets.filter((name) => name !== 'TARGETS')
  }

  async #value(x: XSelections, target: string): Promise<Buffer | null> {
    const own = await this.#cached(x)
    if (own) return own.get(target) ?? null
    return hasFocus() ? x.read(this.#selection, target) : null
  }

  #inTurn<Value>(work: (x: XSelections) => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(async () => work(await selections()))
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/** A compositor accepts and offers copies only in the focused window. */
const hasFocus = () => !onWayland || BrowserWindow.getFocusedWindow() !== null

function toTargets(type: string): readonly string[] {
  const [, raw] = RAW.exec(type) ?? []
  if (raw !== undefined) return [raw]
  return type === TEXT ? TEXT_TARGETS : [type]
}

const primary = new Clipboard('PRIMARY')

/** `clipboard`, with `selection` for the primary selection. */
export const clipboard = Object.assign(new Clipboard('CLIPBOARD'), { selection: primary })
