import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
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
