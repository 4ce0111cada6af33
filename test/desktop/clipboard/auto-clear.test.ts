import { beforeEach, describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { FakeClipboard } from './fake-clipboard.ts'
import { openCopying, what } from './open-copying.ts'

describe('copying', () => {
  let rig: ReturnType<typeof openCopying>

  beforeEach(() => {
    rig = openCopying()
  })

  it('puts the text there, and says until when', async () => {
    const { clipboard, clock, copying, told, put } = rig
    const text = markedSecret()
    const copied = await put(text)
    expect(clipboard.paste()).toBe(text)
    expect(copied).toEqual({ ...what, clearsAt: clock.now() + 30_000 })
    expect(copying.current).toEqual(copied)
    expect(told).toEqual(['koyeb/work'])
  })

  it('clears the text when its time is over, and not before', async () => {
    const { clipboard, clock, copying, told, put } = rig
    const text = markedSecret()
    await put(text)
    await clock.advance(29_999)
    expect(clipboard.paste()).toBe(text)
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
    expect(copying.current).toBeNull()
    expect(told).toEqual(['koyeb/work', 'nothing'])
    expect(clock.armed).toBe(0)
  })

  it('asks for the seconds at each copy', async () => {
    const { clipboard, clock, wish, put } = rig
    await put(markedSecret())
    wish.seconds = 10
    await put(markedSecret())
    await clock.advance(10_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears a text that was there while the machine slept, at the next look', async () => {
    const { clipboard, clock, put } = rig
    await put(markedSecret())
    clock.sleep(3_600_000)
    await clock.advance(1_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('leaves alone what another program copied, and knows of nothing any more', async () => {
    const { clipboard, clock, copying, told, put } = rig
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect(copying.current).toBeNull()
    expect(clock.armed).toBe(0)
    await clock.advance(60_000)
    expect(clipboard.paste()).toBe('a shopping list')
    expect(clipboard.deeds).not.toContain('clear clipboard')
    expect(told).toEqual(['koyeb/work', 'nothing'])
  })

  it('leaves alone what was copied just before the text would be cleared', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    await clock.advance(29_500)
    clipboard.otherCopies('a shopping list')
    await clock.advance(500)
    expect(clipboard.paste()).toBe('a shopping list')
    expect(copying.current).toBeNull()
  })

  it('takes a text with other line breaks for the same', async () => {
    const { clipboard, copying, put } = rig
    const lines = `token: ${markedSecret()}\napplicationId: 1`
    await put(lines)
    clipboard.otherCopies(lines.replace('\n', '\r\n'))
    await copying.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears what the middle button pastes as well, if it is the text', async () => {
    const { clipboard, clock, put } = rig
    const text = markedSecret()
    await put(text)
    clipboard.otherCopies(text, 'primary')
    await clock.advance(30_000)
    expect(clipboard.paste('primary')).toBeUndefined()
  })

  it.each(['clipboard', 'primary'] as const)(
    'takes the text out of the %s also where another program offers it on',
    async (place) => {
      const { clipboard, copying, told, put } = rig
      const text = markedSecret()
      await put(text)
      clipboard.otherCopies(text, place)
      clipboard.kept.add(place)
      expect(await copying.clear()).toBe(true)
      expect(clipboard.paste(place)).toBeUndefined()
      expect(told).toEqual(['koyeb/work', 'nothing'])
    },
  )

  it('leaves alone what the middle button pastes if it is something else', async () => {
    const { clipboard, clock, put } = rig
    await put(markedSecret())
    clipboard.otherCopies('a sentence', 'primary')
    await clock.advance(30_000)
    expect(clipboard.paste('primary')).toBe('a sentence')
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears it under the middle button also when another program has the clipboard', async () => {
    const { clipboard, clock, put } = rig
    const text = markedSecret()
    await put(text)
    clipboard.otherCopies(text, 'primary')
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect([clipboard.paste('primary'), clipboard.paste()]).toEqual([undefined, 'a shopping list'])
  })

  it('keeps a second text as long as it was promised, whatever was promised for the first', async () => {
    const { clipboard, clock, copying, told, put } = rig
    await put(markedSecret())
    await clock.advance(20_000)
    const second = markedSecret()
    await put(second, 'svix/prod')
    expect(copying.current?.account).toBe('svix/prod')
    expect(clock.armed).toBe(1)
    await clock.advance(29_999)
    expect(clipboard.paste()).toBe(second)
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
    expect(told).toEqual(['koyeb/work', 'svix/prod', 'nothing'])
  })

  it('takes the text from under the middle button at once, where Chromium puts it too', async () => {
    const { clipboard, put } = rig
    const text = markedSecret()
    await put(text)
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([text, undefined])
  })

  it('takes the first text from under the middle button when a second takes its place', async () => {
    const { clipboard, put } = rig
    const first = markedSecret()
    await put(first)
    clipboard.otherCopies(first, 'primary')
    await put(markedSecret())
    expect(clipboard.paste('primary')).toBeUndefined()
  })

  it('is refused, and nothing written, while the desktop would drop it', async () => {
    const { clipboard, copying, put, told } = openCopying()
    clipboard.drops = true
    const refused = put('secret')
    await expect(refused).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    await expect(refused).rejects.toThrow('only from the window that has the focus')
    expect([clipboard.writes, copying.current, told]).toEqual([0, null, []])
  })

  /** Copies a text that is taken, and loses the focus just after that. */
  const loseFocus = async ({ clipboard, put }: ReturnType<typeof openCopying>) => {
    let open: () => void = () => undefined
    clipboard.gate = new Promise((resolve) => {
      open = resolve
    })
    const refused = put('secret')
    await idle()
    const taken = clipboard.takesText.bind(clipboard)
    clipboard.takesText = () => clipboard.paste() === undefined && taken()
    open()
    await expect(refused).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  }

  it('is not called done where the focus went away meanwhile, and leaves nothing', async () => {
    const lost = openCopying()
    await loseFocus(lost)
    const { clipboard, copying, told } = lost
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([undefined, undefined])
    expect([copying.current, told]).toEqual([null, []])
  })

  it('goes on clearing what was not called done and could not be cleared at once', async () => {
    const lost = openCopying()
    const { clipboard, clock, copying, told } = lost
    clipboard.broken.add('clear')
    await loseFocus(lost)
    expect([clipboard.paste(), told]).toEqual(['secret', ['failed']])
    expect(await copying.clear()).toBe(false)
    clipboard.broken.clear()
    await clock.advance(30_000)
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([undefined, undefined])
    expect([copying.current, told]).toEqual([null, ['failed']])
  })

  it('clears at once when it is told to', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    await copying.clear()
    expect(clipboard.paste()).toBeUndefined()
    expect(copying.current).toBeNull()
    expect(clock.armed).toBe(0)
  })

  it('clears nothing that it did not put there', async () => {
    const { clipboard, copying, put } = rig
    clipboard.otherCopies('a shopping list')
    await copying.clear()
    await put(markedSecret())
    clipboard.otherCopies('a longer list')
    await copying.clear()
    expect(clipboard.paste()).toBe('a longer list')
    expect(copying.current).toBeNull()
  })

  it('does not clear the text of a copy that comes while it clears the one before', async () => {
    const { clipboard, copying, put } = rig
    await put(markedSecret())
    const second = markedSecret()
    await Promise.all([copying.clear(), put(second)])
    expect(clipboard.paste()).toBe(second)
    expect(copying.current).not.toBeNull()
  })

  it('keeps to the second text when the time of the first is over while the second is put', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    await clock.advance(28_000)
    let open: () => void = () => undefined
    clipboard.gate = new Promise((resolve) => {
      open = resolve
    })
    const second = put(markedSecret(), 'svix/prod')
    await clock.advance(2_500)
    open()
    await second
    await clock.advance(0)
    expect(copying.current?.account).toBe('svix/prod')
    await clock.advance(30_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('waits three seconds for a clipboard that does not answer, and then goes on', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    clipboard.gate = new Promise(() => undefined)
    const refused = put(markedSecret(), 'svix/prod').catch((error: unknown) => error)
    await clock.advance(3_000)
    expect(await refused).toMatchObject({ code: 'server_error' })
    clipboard.gate = Promise.resolve()
    expect(await copying.clear()).toBe(true)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('closes in five seconds, and takes nothing any more', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    clipboard.gate = new Promise(() => undefined)
    const late = put(markedSecret()).catch((error: unknown) => error)
    const closing = copying.close()
    await clock.advance(5_000)
    // The text of the second may still come.
    expect(await closing).toBe(false)
    expect(await late).toMatchObject({ code: 'server_error' })
    await expect(put(markedSecret())).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  })

  it('never reads what another program has copied where that would ask the person', async () => {
    const { clipboard, clock, copying, put } = openCopying(new FakeClipboard(['clipboard']))
    clipboard.asks = true
    await put(markedSecret())
    await clock.advance(5_000)
    clipboard.otherCopies('a shopping list')
    clipboard.deeds.length = 0
    await clock.advance(60_000)
    await copying.clear()
    expect(clipboard.deeds).toEqual([])
    expect(copying.current).toBeNull()
  })

  it('does not take a text for replaced because the system never offered its hint', async () => {
    const { clipboard, clock, copying, put } = rig
    clipboard.asks = true
    clipboard.losesHints = true
    const text = markedSecret()
    await put(text)
    await clock.advance(29_999)
    expect(copying.current).not.toBeNull()
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('does not look before there is something to clear where a look may ask the person', async () => {
    const { clipboard, clock, copying, put } = rig
    Object.assign(clipboard, { canBeLookedAt: false, asks: true })
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    const after = clipboard.looks
    await clock.advance(29_999)
    expect([clipboard.looks, copying.current?.account]).toEqual([after, 'koyeb/work'])
    await clock.advance(1)
    expect([clipboard.looks, copying.current]).toEqual([after + 1, null])
    expect(clipboard.paste()).toBe('a shopping list')

    await put(markedSecret())
    await copying.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('looks at the text itself where it cannot be told otherwise whose it is', async () => {
    const { clipboard, clock, copying, put } = rig
    clipboard.broken.add('mayBeOurs')
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect(copying.current).toBeNull()
  })
})
