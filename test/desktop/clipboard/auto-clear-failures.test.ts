import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { openAutoClear } from './open-auto-clear.ts'

describe('copying to a clipboard that fails', () => {
  let rig: ReturnType<typeof openAutoClear>

  beforeEach(() => {
    rig = openAutoClear()
  })

  it('retries soon even if it was asked to clear early', async () => {
    const { clipboard, clock, autoClear, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await autoClear.clear()
    clipboard.deaf = false
    await clock.advance(1_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('reports a failure once, retries, and stops when it works', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await clock.advance(30_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    await clock.advance(3_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(autoClear.current).not.toBeNull()
    clipboard.deaf = false
    await clock.advance(5_000)
    expect(clipboard.paste()).toBeUndefined()
    expect(told).toEqual(['koyeb/work', 'failed', 'nothing'])
    expect(clock.armed).toBe(0)
  })

  it('gives up after some tries, and tries again on request', async () => {
    const { clipboard, clock, autoClear, told, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await clock.advance(3_600_000)
    expect(clipboard.calls.filter((call) => call === 'clear clipboard')).toHaveLength(6)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(clock.armed).toBe(0)
    clipboard.deaf = false
    await autoClear.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('reports each text that could not be cleared', async () => {
    const { clipboard, autoClear, told, put } = rig
    clipboard.deaf = true
    for (const account of ['koyeb/work', 'svix/prod']) {
      await put(markedSecret(), account)
      await autoClear.clear()
    }
    expect(told).toEqual(['koyeb/work', 'failed', 'svix/prod', 'failed'])
  })

  it('fails if the clipboard cannot be read, and clears nothing blindly', async () => {
    const { clipboard, clock, told, put } = rig
    await put(markedSecret())
    clipboard.broken.add('read')
    await clock.advance(29_000)
    expect(told).toEqual(['koyeb/work'])
    await clock.advance(1_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(clipboard.calls).not.toContain('clear clipboard')
  })

  it('keeps the previous text if the clipboard does not accept the next', async () => {
    const { clipboard, clock, autoClear, put } = rig
    const first = markedSecret()
    await put(first)
    clipboard.broken.add('write')
    await expect(put(markedSecret(), 'svix/prod')).rejects.toMatchObject({
      code: 'server_error',
      account: 'svix/prod',
    })
    expect(autoClear.current?.account).toBe('koyeb/work')
    await clock.advance(30_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  describe('a text that the clipboard takes after it was given up', () => {
    const late = async (text: string) => {
      const { clipboard, clock, put } = rig
      let go: () => void = () => undefined
      clipboard.gate = new Promise((resolve) => {
        go = resolve
      })
      const refused = put(text).catch((error: unknown) => error)
      await idle()
      await clock.advance(3_500)
      expect(await refused).toMatchObject({ code: 'server_error' })
      clipboard.gate = Promise.resolve()
      return async () => {
        go()
        await idle()
      }
    }

    it('is cleared as soon as it arrives', async () => {
      const { clipboard, autoClear, told } = rig
      const land = await late(markedSecret())
      expect(autoClear.current).toBeNull()
      await land()
      expect(clipboard.calls).toContain('clear clipboard')
      expect(clipboard.paste()).toBeUndefined()
      expect(told).toEqual([])
    })

    it('is cleared even if the clipboard never confirms the write', async () => {
      const { clipboard, clock } = rig
      const text = markedSecret()
      await late(text)
      clipboard.otherCopies(text)
      await clock.advance(5_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('is retried if it cannot be cleared, which is reported', async () => {
      const { clipboard, clock, told } = rig
      const land = await late(markedSecret())
      clipboard.broken.add('clear')
      await land()
      expect(told).toEqual(['failed'])
      clipboard.broken.clear()
      await clock.advance(2_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('stays for its time if it was copied again meanwhile', async () => {
      const { clipboard, clock, put } = rig
      const text = markedSecret()
      const land = await late(text)
      await put(text)
      await land()
      expect(clipboard.paste()).toBe(text)
      await clock.advance(30_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('is waited for on close, and cleared', async () => {
      const { clipboard, clock, autoClear } = rig
      const land = await late(markedSecret())
      const closing = autoClear.close()
      await clock.advance(2_000)
      await land()
      expect(await closing).toBe(true)
      expect(clipboard.paste()).toBeUndefined()
    })
  })

  it.each(['write', 'read', 'clear'] as const)(
    'leaks nothing of the text when it cannot %s',
    async (call) => {
      const { clipboard, clock, autoClear, logged, put } = rig
      const text = markedSecret()
      if (call !== 'write') await put(text)
      clipboard.broken.add(call)
      const error: unknown = await put(text).catch((caught: unknown) => caught)
      await autoClear.clear()
      await clock.advance(120_000)
      expect(inspect([logged, error], { depth: 9 })).not.toContain(text)
      if (call !== 'write') expect(logged).not.toEqual([])
    },
  )
})
