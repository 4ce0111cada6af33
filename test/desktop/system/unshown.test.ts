import { expect, it } from 'vitest'
import { Unshown } from '../../../main/desktop/system/unshown.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

it('keeps what notifications were to say, with the time, the newest first and the last few', async () => {
  const clock = new FakeClock()
  let changes = 0
  const unshown = new Unshown({ clock, changed: () => (changes += 1) })
  const words = { title: 'The clipboard was not cleared', body: 'What was copied is in it.' }
  unshown.add(words)
  await clock.advance(60_000)
  unshown.add(words)
  expect(unshown.texts).toEqual([
    'Not shown as a notification at 00:01: The clipboard was not cleared. What was copied is in it.',
    'Not shown as a notification at 00:00: The clipboard was not cleared. What was copied is in it.',
  ])
  for (const title of ['1', '2', '3', '4', '5']) unshown.add({ title, body: '' })
  expect([unshown.texts.length, unshown.texts[0], changes]).toEqual([
    5,
    'Not shown as a notification at 00:01: 5.',
    7,
  ])
})
