import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { openCopying } from './open-copying.ts'

describe('copying over a clipboard that fails', () => {
  let rig: ReturnType<typeof openCopying>

  beforeEach(() => {
    rig = openCopying()
  })

  it('tries again soon also when it was told to clear before the time', async () => {
    const { clipboard, clock, copying, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await copying.clear()
    clipboard.deaf = false
    await clock.advance(1_000)
    expect(clipboard.paste()).toBeUndefined()
  })

  it('says once that it failed, tries again, and is done when it works', async () => {
    const { clipboard, clock, copying, told, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await clock.advance(30_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    await clock.advance(3_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(copying.current).not.toBeNull()
    clipboard.deaf = false
    await clock.advance(5_000)
    expect(clipboard.paste()).toBeUndefined()
    expect(told).toEqual(['koyeb/work', 'failed', 'nothing'])
    expect(clock.armed).toBe(0)
  })

  it('gives up after some tries, and tries once more when it is told to', async () => {
    const { clipboard, clock, copying, told, put } = rig
    await put(markedSecret())
    clipboard.deaf = true
    await clock.advance(3_600_000)
    expect(clipboard.deeds.filter((deed) => deed === 'clear clipboard')).toHaveLength(6)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(clock.armed).toBe(0)
    clipboard.deaf = false
    await copying.clear()
    expect(clipboard.paste()).toBeUndefined()
  })

  it('says for each text that it could not be cleared', async () => {
    const { clipboard, copying, told, put } = rig
    clipboard.deaf = true
    for (const account of ['koyeb/work', 'svix/prod']) {
      await put(markedSecret(), account)
      await copying.clear()
    }
    expect(told).toEqual(['koyeb/work', 'failed', 'svix/prod', 'failed'])
  })

  it('has failed where the clipboard cannot be read, and clears nothing blindly', async () => {
    const { clipboard, clock, told, put } = rig
    await put(markedSecret())
    clipboard.broken.add('read')
    await clock.advance(29_000)
    expect(told).toEqual(['koyeb/work'])
    await clock.advance(1_000)
    expect(told).toEqual(['koyeb/work', 'failed'])
    expect(clipboard.deeds).not.toContain('clear clipboard')
  })

  it('keeps what was put before when the clipboard does not take the next', async () => {
    const { clipboard, clock, copying, put } = rig
    const first = markedSecret()
    await put(first)
    clipboard.broken.add('write')
    await expect(put(markedSecret(), 'svix/prod')).rejects.toMatchObject({
      code: 'server_error',
      account: 'svix/prod',
    })
    expect(copying.current?.account).toBe('koyeb/work')
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

    it('is cleared as soon as it is there', async () => {
      const { clipboard, copying, told } = rig
      const land = await late(markedSecret())
      expect(copying.current).toBeNull()
      await land()
      expect(clipboard.deeds).toContain('clear clipboard')
      expect(clipboard.paste()).toBeUndefined()
      expect(told).toEqual([])
    })

    it('is cleared also where the clipboard never says that it took it', async () => {
      const { clipboard, clock } = rig
      const text = markedSecret()
      await late(text)
      clipboard.otherCopies(text)
      await clock.advance(5_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('is tried again where it cannot be cleared, which is said', async () => {
      const { clipboard, clock, told } = rig
      const land = await late(markedSecret())
      clipboard.broken.add('clear')
      await land()
      expect(told).toEqual(['failed'])
      clipboard.broken.clear()
      await clock.advance(2_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('stays as long as was promised where it was copied again meanwhile', async () => {
      const { clipboard, clock, put } = rig
      const text = markedSecret()
      const land = await late(text)
      await put(text)
      await land()
      expect(clipboard.paste()).toBe(text)
      await clock.advance(30_000)
      expect(clipboard.paste()).toBeUndefined()
    })

    it('is waited for at the end, and cleared', async () => {
      const { clipboard, clock, copying } = rig
      const land = await late(markedSecret())
      const closing = copying.close()
      await clock.advance(2_000)
      await land()
      expect(await closing).toBe(true)
      expect(clipboard.paste()).toBeUndefined()
    })
  })

  it.each(['write', 'read', 'clear'] as const)(
    'lets nothing of the text out when it cannot %s',
    async (deed) => {
      const { clipboard, clock, copying, logged, put } = rig
      const text = markedSecret()
      if (deed !== 'write') await put(text)
      clipboard.broken.add(deed)
      const error: unknown = await put(text).catch((caught: unknown) => caught)
      await copying.clear()
      await clock.advance(120_000)
      expect(inspect([logged, error], { depth: 9 })).not.toContain(text)
      if (deed !== 'write') expect(logged).not.toEqual([])
    },
  )
})
