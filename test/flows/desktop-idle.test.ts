import { it, vi } from 'vitest'
import { START_OVER_MS, watchTimers } from '../helpers/armed-timers.ts'
import { startDesktop } from '../helpers/desktop-app.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'

const MINUTE_MS = 60_000

describeWith(components, 'the tray app while its window is hidden', () => {
  vi.setConfig({ testTimeout: patience(3 * START_OVER_MS) })

  it('wakes up once a minute', async () => {
    const timers = watchTimers()
    const desktop = await startDesktop()
    try {
      const app = await desktop.start(timers.env)
      const page = await app.page()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.keyboard.press('Escape')
      await eventually(() => app.isShown()).toBe(false)
      await eventually(() => timers.shortest(app.pid), START_OVER_MS).toBeGreaterThanOrEqual(
        MINUTE_MS,
      )
    } finally {
      await desktop.close()
    }
  })
})
