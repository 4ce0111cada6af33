import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { createClipboard } from '../../../main/desktop/clipboard/clipboard.ts'
import { markedSecret } from '../../helpers/marks.ts'

/** Electron's `ClipboardItem`, as documented: types and their data. */
class Item {
  readonly items: Readonly<Record<string, string | Blob>>

  constructor(items: Readonly<Record<string, string | Blob>>) {
    this.items = items
  }

  get types(): string[] {
    return Object.keys(this.items)
  }

  async getType(): Promise<never> {
    throw new Error('Nobody asks for it.')
  }
}

/** Electron's clipboard, reduced: what is written is what is read. */
class Board {
  offers: Item[][] = []
  selection: Board | undefined
  text = ''

  async write(items: unknown[]): Promise<void> {
    const offer = items.filter((item) => item instanceof Item)
    this.offers.push(offer)
    this.text = String(offer[0]?.items['text/plain'])
  }

  readText = async () => this.text
  has = async (type: string) =>
    this.offers.at(-1)?.some((item) => item.types.includes(type)) ?? false
  clear = () => {
    this.text = ''
    this.offers.push([])
  }
}

const native = (name: string) => `electron application/osclipboard;format="${name}"`

async function written(platform: NodeJS.Platform, text: string) {
  const clipboard = new Board()
  await createClipboard({ clipboard, ClipboardItem: Item }, platform).write(new Secret(text))
  const hex = async (value: string | Blob) =>
    typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('hex')
  const [offer = []] = clipboard.offers
  const entries = Object.entries(offer[0]?.items ?? {})
  return {
    offers: clipboard.offers.length,
    items: offer.length,
    types: Object.fromEntries(
      await Promise.all(entries.map(async ([type, value]) => [type, await hex(value)])),
    ),
  }
}

describe('the clipboard on Electron', () => {
  it.each([
    [
      'win32',
      {
        [native('ExcludeClipboardContentFromMonitorProcessing')]: '1',
        [native('CanIncludeInClipboardHistory')]: '00000000',
        [native('CanUploadToCloudClipboard')]: '00000000',
        [native('Clipboard Viewer Ignore')]: '1',
      },
    ],
    [
      'darwin',
      {
        [native('org.nspasteboard.ConcealedType')]: '1',
        [native('org.nspasteboard.TransientType')]: '1',
      },
    ],
    ['linux', { [native('x-kde-passwordManagerHint')]: 'secret' }],
  ] as const)('offers text and hints in one item on %s', async (platform, hints) => {
    const text = markedSecret()
    const { offers, items, types } = await written(platform, text)
    expect([offers, items]).toEqual([1, 1])
    expect(types).toEqual({ 'text/plain': text, ...hints })
  })

  it('reads and clears the primary selection if there is one', async () => {
    const clipboard = new Board()
    clipboard.selection = new Board()
    clipboard.selection.text = 'selected'
    clipboard.text = 'copied'
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'linux')
    expect(port.places).toEqual(['clipboard', 'primary'])
    expect((await port.read('primary'))?.reveal()).toBe('selected')
    await port.clear('primary')
    expect([clipboard.selection.text, clipboard.text]).toEqual(['', 'copied'])
    await port.clear('clipboard')
    expect(await port.read('clipboard')).toBeNull()
  })

  it('takes over what another program re-offers with a blank text, and clears that', async () => {
    const clipboard = new Board()
    clipboard.selection = new Board()
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'linux')
    await port.takeOver('primary')
    const [taken = [], cleared] = clipboard.selection.offers
    expect(taken[0]?.items).toEqual({
      'text/plain': ' ',
      [native('x-kde-passwordManagerHint')]: 'secret',
    })
    expect([cleared, clipboard.offers]).toEqual([[], []])
  })

  it('takes over nothing while the write would be dropped and look like success', async () => {
    const clipboard = new Board()
    clipboard.selection = new Board()
    clipboard.selection.text = 'copied'
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'linux', () => false)
    await port.takeOver('primary')
    expect(port.takesText()).toBe(false)
    expect((await port.read('primary'))?.reveal()).toBe('copied')
  })

  it('has only the clipboard if there is no primary selection', async () => {
    const clipboard = new Board()
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'win32')
    expect(port.places).toEqual(['clipboard'])
    expect(await port.read('primary')).toBeNull()
  })

  it('knows on macOS without reading that another program has copied', async () => {
    const clipboard = new Board()
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'darwin')
    await port.write(new Secret(markedSecret()))
    clipboard.readText = () => Promise.reject(new Error('The user was asked.'))
    expect(await port.mayBeOurs()).toBe(true)
    await clipboard.write([new Item({ 'text/plain': 'a shopping list' })])
    expect(await port.mayBeOurs()).toBe(false)
  })

  it.each([
    ['darwin', false],
    ['win32', true],
    ['linux', true],
  ] as const)('can be looked at on %s without asking anybody: %s', (platform, canBe) => {
    const port = createClipboard({ clipboard: new Board(), ClipboardItem: Item }, platform)
    expect(port.canBeLookedAt).toBe(canBe)
  })

  it('compares only the text on Linux, where a clipboard manager may re-offer it', async () => {
    const clipboard = new Board()
    const port = createClipboard({ clipboard, ClipboardItem: Item }, 'linux')
    await port.write(new Secret(markedSecret()))
    await clipboard.write([new Item({ 'text/plain': clipboard.text })])
    expect(await port.mayBeOurs()).toBe(true)
  })
})
