import { beforeEach, describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { FakeClipboard } from './fake-clipboard.ts'
import { openAutoClear, what } from './open-auto-clear.ts'

describe('copying', () => {
  let rig: ReturnType<typeof openAutoClear>

  beforeEach(() => {
    rig = openAutoClear()
  })

  it('copies the text, and returns until when', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    const text = markedSecret()
    const copied = await put(text)
    expect(clipboard.paste()).toBe(text)
    expect(copied).toEqual({ ...what, clearsAt: clock.now() + 30_000 })
    expect(autoClear.current).toEqual(copied)
    expect(told).toEqual(['koyeb/work'])
  })

  it('clears the text when its time is over, and not before', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    const text = markedSecret()
    await put(text)
    await clock.advance(29_999)
    expect(clipboard.paste()).toBe(text)
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
    expect(autoClear.current).toBeNull()
    expect(told).toEqual(['koyeb/work', 'nothing'])
    expect(clock.armed).toBe(0)
  })

  it('reads the seconds at each copy', async () => {
    const { clipboard, clock, wish, put } = rig
    await put(markedSecret())
    wish.seconds = 10
    await put(markedSecret())
    await clock.advance(10_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears a text whose time passed during sleep, at the next check', async () => {
    const { clipboard, clock, put } = rig
    await put(markedSecret())
    clock.sleep(3_600_000)
    await clock.advance(1_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('leaves what another program copied, and forgets its own text', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect(autoClear.current).toBeNull()
    expect(clock.armed).toBe(0)
    await clock.advance(60_000)
    expect(clipboard.paste()).toBe('a shopping list')
    expect(clipboard.calls).not.toContain('clear clipboard')
    expect(told).toEqual(['koyeb/work', 'nothing'])
  })

  it('leaves what was copied just before the text would be cleared', async () => {
    const { clipboard, clock, autoClear, put } = rig
    await put(markedSecret())
    await clock.advance(29_500)
    clipboard.otherCopies('a shopping list')
    await clock.advance(500)
    expect(clipboard.paste()).toBe('a shopping list')
    expect(autoClear.current).toBeNull()
  })

  it('recognises the text with other line breaks', async () => {
    const { clipboard, autoClear, put } = rig
    const lines = `token: ${markedSecret()}\napplicationId: 1`
    await put(lines)
    clipboard.otherCopies(lines.replace('\n', '\r\n'))
    await autoClear.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears the primary selection as well, if it holds the text', async () => {
    const { clipboard, clock, put } = rig
    const text = markedSecret()
    await put(text)
    clipboard.otherCopies(text, 'primary')
    await clock.advance(30_000)
    expect(clipboard.paste('primary')).toBeUndefined()
  })

  it.each(['clipboard', 'primary'] as const)(
    'clears the text from the %s even if another program re-offers it',
    async (place) => {
      const { clipboard, autoClear, told, put } = rig
      const text = markedSecret()
      await put(text)
      clipboard.otherCopies(text, place)
      clipboard.kept.add(place)
      expect(await autoClear.clear()).toBe(true)
      expect(clipboard.paste(place)).toBeUndefined()
      expect(told).toEqual(['koyeb/work', 'nothing'])
    },
  )

  it('leaves the primary selection if it holds something else', async () => {
    const { clipboard, clock, put } = rig
    await put(markedSecret())
    clipboard.otherCopies('a sentence', 'primary')
    await clock.advance(30_000)
    expect(clipboard.paste('primary')).toBe('a sentence')
    expect(clipboard.paste()).toBeUndefined()
  })

  it('clears the primary selection even if another program has the clipboard', async () => {
    const { clipboard, clock, put } = rig
    const text = markedSecret()
    await put(text)
    clipboard.otherCopies(text, 'primary')
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect([clipboard.paste('primary'), clipboard.paste()]).toEqual([undefined, 'a shopping list'])
  })

  it('keeps a second text for its own time, whatever the time of the first', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    await put(markedSecret())
    await clock.advance(20_000)
    const second = markedSecret()
    await put(second, 'svix/prod')
    expect(autoClear.current?.account).toBe('svix/prod')
    expect(clock.armed).toBe(1)
    await clock.advance(29_999)
    expect(clipboard.paste()).toBe(second)
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
    expect(told).toEqual(['koyeb/work', 'svix/prod', 'nothing'])
  })

  it('immediately clears the text from the primary selection, where Chromium also puts it', async () => {
    const { clipboard, put } = rig
    const text = markedSecret()
    await put(text)
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([text, undefined])
  })

  it('clears the first text from the primary selection when a second one replaces it', async () => {
    const { clipboard, put } = rig
    const first = markedSecret()
    await put(first)
    clipboard.otherCopies(first, 'primary')
    await put(markedSecret())
    expect(clipboard.paste('primary')).toBeUndefined()
  })

  it('is refused, and nothing is written, while the desktop would drop it', async () => {
    const { clipboard, autoClear, put, told } = openAutoClear()
    clipboard.drops = true
    const refused = put('secret')
    await expect(refused).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    await expect(refused).rejects.toThrow('only in the focused window')
    expect([clipboard.writes, autoClear.current, told]).toEqual([0, null, []])
  })

  /** Copies a text that is accepted, and loses the focus right afterwards. */
  const loseFocus = async ({ clipboard, put }: ReturnType<typeof openAutoClear>) => {
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

  it('is not reported as done if the focus was lost meanwhile, and leaves nothing', async () => {
    const lost = openAutoClear()
    await loseFocus(lost)
    const { clipboard, autoClear, told } = lost
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([undefined, undefined])
    expect([autoClear.current, told]).toEqual([null, []])
  })

  it('keeps clearing a text that was not reported as done and could not be cleared immediately', async () => {
    const lost = openAutoClear()
    const { clipboard, clock, autoClear, told } = lost
    clipboard.broken.add('clear')
    await loseFocus(lost)
    expect([clipboard.paste(), told]).toEqual(['secret', ['failed']])
    expect(await autoClear.clear()).toBe(false)
    clipboard.broken.clear()
    await clock.advance(30_000)
    expect([clipboard.paste(), clipboard.paste('primary')]).toEqual([undefined, undefined])
    expect([autoClear.current, told]).toEqual([null, ['failed']])
  })

  it('clears immediately on request', async () => {
    const { clipboard, clock, autoClear, put } = rig
    await put(markedSecret())
    await autoClear.clear()
    expect(clipboard.paste()).toBeUndefined()
    expect(autoClear.current).toBeNull()
    expect(clock.armed).toBe(0)
  })

  it('clears nothing that it did not copy', async () => {
    const { clipboard, autoClear, put } = rig
    clipboard.otherCopies('a shopping list')
    await autoClear.clear()
    await put(markedSecret())
    clipboard.otherCopies('a longer list')
    await autoClear.clear()
    expect(clipboard.paste()).toBe('a longer list')
    expect(autoClear.current).toBeNull()
  })

  it('does not clear the text of a copy that arrives while it clears the previous one', async () => {
    const { clipboard, autoClear, put } = rig
    await put(markedSecret())
    const second = markedSecret()
    await Promise.all([autoClear.clear(), put(second)])
    expect(clipboard.paste()).toBe(second)
    expect(autoClear.current).not.toBeNull()
  })

  it('keeps the second text when the time of the first is over while the second is copied', async () => {
    const { clipboard, clock, autoClear, put } = rig
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
    expect(autoClear.current?.account).toBe('svix/prod')
    await clock.advance(30_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('waits three seconds for a clipboard that does not answer, then continues', async () => {
    const { clipboard, clock, autoClear, put } = rig
    await put(markedSecret())
    clipboard.gate = new Promise(() => undefined)
    const refused = put(markedSecret(), 'svix/prod').catch((error: unknown) => error)
    await clock.advance(3_000)
    expect(await refused).toMatchObject({ code: 'server_error' })
    clipboard.gate = Promise.resolve()
    expect(await autoClear.clear()).toBe(true)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('closes within five seconds, and refuses further copies', async () => {
    const { clipboard, clock, autoClear, put } = rig
    await put(markedSecret())
    clipboard.gate = new Promise(() => undefined)
    const late = put(markedSecret()).catch((error: unknown) => error)
    const closing = autoClear.close()
    await clock.advance(5_000)
    // The second text may still arrive.
    expect(await closing).toBe(false)
    expect(await late).toMatchObject({ code: 'server_error' })
    await expect(put(markedSecret())).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  })

  it('never reads what another program has copied if that would prompt the user', async () => {
    const { clipboard, clock, autoClear, put } = openAutoClear(new FakeClipboard(['clipboard']))
    clipboard.asks = true
    await put(markedSecret())
    await clock.advance(5_000)
    clipboard.otherCopies('a shopping list')
    clipboard.calls.length = 0
    await clock.advance(60_000)
    await autoClear.clear()
    expect(clipboard.calls).toEqual([])
    expect(autoClear.current).toBeNull()
  })

  it('does not consider a text replaced because the system never offered its hint', async () => {
    const { clipboard, clock, autoClear, put } = rig
    clipboard.asks = true
    clipboard.losesHints = true
    const text = markedSecret()
    await put(text)
    await clock.advance(29_999)
    expect(autoClear.current).not.toBeNull()
    await clock.advance(1)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('checks only to clear if a check may prompt the user', async () => {
    const { clipboard, clock, autoClear, put } = rig
    Object.assign(clipboard, { canBeLookedAt: false, asks: true })
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    const after = clipboard.looks
    await clock.advance(29_999)
    expect([clipboard.looks, autoClear.current?.account]).toEqual([after, 'koyeb/work'])
    await clock.advance(1)
    expect([clipboard.looks, autoClear.current]).toEqual([after + 1, null])
    expect(clipboard.paste()).toBe('a shopping list')

    await put(markedSecret())
    await autoClear.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('compares the text itself if there is no other way to recognise it', async () => {
    const { clipboard, clock, autoClear, put } = rig
    clipboard.broken.add('mayBeOurs')
    await put(markedSecret())
    clipboard.otherCopies('a shopping list')
    await clock.advance(1_000)
    expect(autoClear.current).toBeNull()
  })
})
