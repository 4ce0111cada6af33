import { expect, it } from 'vitest'
import { Unshown } from '../../main/desktop/unshown.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

it('keeps what notifications were to say, with the time, the newest first and the last few', async () => {
  const clock = new FakeClock()
  let changes = 0
  const unshown = new Unshown({ clock, changed: () => (changes += 1) })
  const words = { title: 'The clipboard was not cleared', body: 'What was copied is in it.' }
  unshown.add(words)
  await clock.advance(60_000)
  unshown.add(words)
  expect(unshown.texts).toEqual([
    'A notification of 00:01 was not shown by the system: The clipboard was not cleared. What was copied is in it.',
    'A notification of 00:00 was not shown by the system: The clipboard was not cleared. What was copied is in it.',
  ])
  for (const title of ['1', '2', '3', '4', '5']) unshown.add({ title, body: '' })
  expect([unshown.texts.length, unshown.texts[0], changes]).toEqual([
    5,
    'A notification of 00:01 was not shown by the system: 5.',
    7,
  ])
})
