import { expect, it } from 'vitest'
import { MissedNotifications } from '../../../main/desktop/system/missed-notifications.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

it('keeps the text of missed notifications, with the time, the latest few first', async () => {
  const clock = new FakeClock()
  let changes = 0
  const unshown = new MissedNotifications({ clock, changed: () => (changes += 1) })
  const words = { title: 'The clipboard was not cleared', body: 'What was copied is in it.' }
  unshown.add(words)
  await clock.advance(60_000)
  unshown.add(words)
  expect(unshown.texts).toEqual([
    'Notification not shown at 00:01: The clipboard was not cleared. What was copied is in it.',
    'Notification not shown at 00:00: The clipboard was not cleared. What was copied is in it.',
  ])
  for (const title of ['1', '2', '3', '4', '5']) unshown.add({ title, body: '' })
  expect([unshown.texts.length, unshown.texts[0], changes]).toEqual([
    5,
    'Notification not shown at 00:01: 5.',
    7,
  ])
})
