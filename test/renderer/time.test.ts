import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { account, empty, full, NOW } from './fixture-bridge/snapshots.ts'
import { withPage } from './with-page.ts'

describeWith([chromium], 'the time left', () => {
  const built = withPage()
  const one = (sessionEndsAt: number) => ({
    ...empty,
    accounts: [account('sftpgo/home', { sessionEndsAt })],
  })
  const countdown = (page: Page) => page.locator('.countdown').first().textContent()

  it.each([
    [3 * 86_400_000, '3 days left'],
    [5 * 3_600_000, '5 h left'],
    [20 * 60_000, '20 min left'],
    [59_000, '59 s left'],
    [-1_000, 'expiring'],
  ])('is shown in the largest unit that fits: %i', async (left, text) => {
    const page = await built.open({ snapshot: one(NOW + left + 500), clicks: ['sftpgo/home'] })
    expect(await countdown(page)).toBe(text)
  })

  it('counts down each second of the last minute', async () => {
    const page = await built.open({ snapshot: one(NOW + 62_500), clicks: ['sftpgo/home'] })
    expect(await countdown(page)).toBe('1 min left')
    await page.clock.runFor(3_000)
    expect(await countdown(page)).toBe('59 s left')
    await page.clock.runFor(1_000)
    expect(await countdown(page)).toBe('58 s left')
    await page.clock.runFor(60_000)
    expect(await countdown(page)).toBe('expiring')
  })

  it('changes nothing else on the page, and nothing while its text stays the same', async () => {
    const page = await built.open({ snapshot: one(NOW + 90_500), clicks: ['sftpgo/home'] })
    await page.evaluate(() => {
      const changed: string[] = []
      const observer = new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement
          changed.push(element?.className ?? '')
        }
      })
      const options = { subtree: true, childList: true, characterData: true, attributes: true }
      observer.observe(document.body, options)
      Object.assign(window, { changed })
    })
    await page.clock.runFor(5_000)
    const changed = await page.evaluate(() => Reflect.get(window, 'changed') as string[])
    expect([...new Set(changed)]).toEqual([])
    await page.clock.runFor(60_000)
    const later = await page.evaluate(() => Reflect.get(window, 'changed') as string[])
    expect([...new Set(later)]).toEqual(['countdown'])
  })

  it('counts down until the clipboard is cleared', async () => {
    const copied = { account: 'koyeb/work', form: 'token', clearsAt: NOW + 3_000 } as const
    const page = await built.open({ snapshot: { ...full, copied } })
    await page.getByText('Clears in 3 s').waitFor()
    await page.clock.runFor(2_000)
    await page.getByText('Clears in 1 s').waitFor()
    await page.clock.runFor(2_000)
    await page.getByText('Clearing', { exact: true }).waitFor()
  })

  it('is not announced each second', async () => {
    const copied = { account: 'koyeb/work', form: 'token', clearsAt: NOW + 20_000 } as const
    const page = await built.open({ snapshot: { ...full, copied } })
    const live = page.locator('[role=status], [role=alert], [aria-live]')
    expect(await live.locator('.countdown').count()).toBe(0)
    expect((await live.allTextContents()).join()).toContain('Token of koyeb/work copied.')
  })

  it('has no animation if the user wants reduced motion', async () => {
    const copied = { account: 'koyeb/work', form: 'token', clearsAt: NOW + 20_000 } as const
    const snapshot = { ...full, copied, phase: 'starting' } as const
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      const page = await built.open({ snapshot }, { reducedMotion })
      const names = await page
        .locator('.spin')
        .first()
        .evaluate((element) => getComputedStyle(element).animationName)
      expect(names).toBe(reducedMotion === 'reduce' ? 'none' : 'turn')
    }
  })
})
