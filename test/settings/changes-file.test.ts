import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ChangesFile } from '../../main/settings/changes-file.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder } from '../helpers/marks.ts'

function make(sync: (fd: number) => Promise<void>) {
  const file = path.join(makeTestFolder('changes'), 'settings.json.changes')
  const clock = new FakeClock()
  return { file, clock, changes: new ChangesFile(file, clock, sync) }
}

it('a change is written immediately, and a caller that needs it on disk waits up to five seconds', async () => {
  const { file, clock, changes } = make(() => new Promise(() => undefined))
  changes.append('{"locked":true}', 1)
  changes.append('{"locked":false}', 1)
  expect(readFileSync(file, 'utf8')).toContain('{"locked":true}\n{"locked":false}\n')
  const failed = expect(changes.onDisk()).rejects.toMatchObject({
    code: 'record_unavailable',
    message: expect.stringContaining('The disk is too slow'),
  })
  await clock.advance(5_000)
  await failed
})

it('changes are on disk once a sync that began after them returns', async () => {
  const calls: (() => void)[] = []
  const { changes } = make(() => new Promise((resolve) => void calls.push(resolve)))
  changes.append('{"locked":true}', 1)
  await expect.poll(() => calls.length).toBe(1)
  changes.append('{"locked":false}', 1)
  let isOnDisk = false
  const onDisk = changes.onDisk().then(() => {
    isOnDisk = true
  })
  calls[0]?.()
  await expect.poll(() => calls.length).toBe(2)
  expect(isOnDisk).toBe(false)
  calls[1]?.()
  await onDisk
})

it('after a failed sync nothing counts as on disk, and no change is appended to that file', async () => {
  const { changes } = make(() => Promise.reject(new Error('EIO')))
  changes.append('{"locked":true}', 1)
  await expect(changes.onDisk()).rejects.toMatchObject({ code: 'record_unavailable' })
  expect(changes.isUncertain).toBe(true)
  await expect(changes.onDisk()).rejects.toMatchObject({ code: 'record_unavailable' })
  changes.remove()
  await changes.onDisk()
})
