import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accountColors } from '../../main/base/text/account-looks.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { scenes } from './fixture-bridge/scenes.ts'
import { account, full, lease, NOW } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, withPage } from './with-page.ts'

const MINUTE = 60_000

/** Seven accounts, one used after the other; the last one needs a login. */
const seven: Snapshot = {
  ...full,
  accounts: [
    account('sftpgo/alpha', { lastUsedAt: NOW - 7 * MINUTE }),
    account('koyeb/beta', { lastUsedAt: NOW - MINUTE, label: 'Acme (organization)' }),
    account('svix/gamma', { lastUsedAt: NOW - 5 * MINUTE, leases: 2 }),
    account('svix/delta', { displayName: 'Größe Kunde', color: 'red' }),
    account('koyeb/zulu', { pinned: true }),
    account('sftpgo/eta'),
    account('sftpgo/theta', { state: 'login_required' }),
  ],
  leases: [
    lease('L1', { account: 'svix/gamma', endsAt: NOW + 3 * MINUTE + 1_000 }),
    lease('L2', { account: 'svix/gamma', endsAt: NOW + 45 * MINUTE + 1_000 }),
  ],
  clients: [],
}

describeWith([chromium], 'the list of accounts', () => {
  const built = withPage()
  const open = async (snapshot: Snapshot = seven) => {
    const page = await built.open({ snapshot })
    await page.clock.resume()
    return page
  }
  const names = (page: Page) =>
    page
      .locator('#accounts .row-open')
      .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement: element } = document
      return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    })
  const search = (page: Page) => page.getByRole('searchbox', { name: 'Search accounts' })
  const INITIAL = [
    ...['koyeb/zulu', 'koyeb/beta', 'svix/gamma', 'sftpgo/alpha'],
    ...['sftpgo/eta', 'Svix: Größe Kunde', 'sftpgo/theta'],
  ]

  describe('its order', () => {
    it('has pinned accounts first, then those used last', async () => {
      expect(await names(await open())).toEqual(INITIAL)
    })

    it('is that of the accounts to choose for a tool as well', async () => {
      const page = await open()
      await page.getByRole('button', { name: /^Tools/ }).click()
      await page.getByRole('button', { name: 'Connect a tool' }).click()
      const boxes = page.locator('.boxes .strong')
      expect(await boxes.allTextContents()).toEqual(
        INITIAL.map((name) => name.replace('Svix: ', '')),
      )
    })

    it('is remembered when the user chooses another one', async () => {
      const page = await open()
      await page.getByLabel('Sort by').selectOption('Service')
      expect(await lastCall(page, 'setPreferences')).toEqual([{ accountOrder: 'service' }])
      const preferences = { ...seven.preferences, accountOrder: 'service' } as const
      await push(page, { ...seven, preferences })
      await expect
        .poll(() => names(page))
        .toEqual([
          ...['koyeb/zulu', 'koyeb/beta', 'sftpgo/alpha', 'sftpgo/eta', 'sftpgo/theta'],
          ...['svix/gamma', 'Svix: Größe Kunde'],
        ])
    })

    it('stays while accounts are used, so that no row moves away under the pointer', async () => {
      const page = await open()
      const used = { ...seven.accounts[5], lastUsedAt: NOW, label: 'used now' } as const
      await push(page, {
        ...seven,
        accounts: seven.accounts.map((each, at) => (at === 5 ? { ...each, ...used } : each)),
      })
      await page.getByText('used now').waitFor()
      expect(await names(page)).toEqual(INITIAL)
    })

    it('is changed by the pin in the menu of a row, which keeps the focus', async () => {
      const page = await open()
      await page.getByRole('button', { name: 'More for sftpgo/theta' }).click()
      await page.getByRole('menuitem', { name: 'Pin', exact: true }).click()
      expect(await lastCall(page, 'changeAccount')).toEqual(['sftpgo/theta', { pinned: true }])
      await push(page, {
        ...seven,
        accounts: seven.accounts.map((each) =>
          each.id === 'sftpgo/theta' ? { ...each, pinned: true as const } : each,
        ),
      })
      await expect.poll(async () => (await names(page))[0]).toBe('sftpgo/theta')
      expect(await focused(page)).toBe('More for sftpgo/theta')
      await page.getByRole('button', { name: 'More for sftpgo/theta' }).click()
      await page.getByRole('menuitem', { name: 'Unpin', exact: true }).click()
      await expect.poll(async () => (await callsOf(page)).length).toBe(2)
      expect(await lastCall(page, 'changeAccount')).toEqual(['sftpgo/theta', { pinned: false }])
    })
  })

  describe('its search', () => {
    it('is there once there are more accounts than are seen at a glance', async () => {
      const page = await open({ ...seven, accounts: seven.accounts.slice(0, 5) })
      expect(await search(page).count()).toBe(0)
      await push(page, seven)
      await search(page).waitFor()
    })

    it('finds words in any order, says how many, and is cleared with Escape', async () => {
      const page = await open()
      await search(page).fill('acme koy')
      expect(await names(page)).toEqual(['koyeb/beta'])
      await page.getByText('1 account found', { exact: true }).waitFor({ state: 'attached' })
      await page.keyboard.press('Escape')
      expect(await search(page).inputValue()).toBe('')
      expect(await names(page)).toEqual(INITIAL)
      expect(await callsOf(page)).toEqual([])
      // Then it is the window's.
      await page.keyboard.press('Escape')
      expect(await lastCall(page, 'closePopover')).toEqual([])
    })

    it.each(['Control+f', 'Meta+f'])('has the focus after %s', async (keys) => {
      const page = await open()
      await page.keyboard.press(keys)
      expect(await focused(page)).toBe('Search accounts')
    })

    it('takes what is typed anywhere in the list', async () => {
      const page = await open()
      await page.keyboard.type('gr')
      expect(await search(page).inputValue()).toBe('gr')
      await page.keyboard.press('ArrowDown')
      expect(await focused(page)).toBe('Copy the token of Größe Kunde')
      await page.keyboard.type('x')
      expect(await search(page).inputValue()).toBe('grx')
    })

    it('takes nothing that is typed elsewhere, or into an open menu or question', async () => {
      const page = await open()
      await page.getByRole('button', { name: 'More for sftpgo/eta' }).click()
      await page.keyboard.type('zz')
      expect(await search(page).inputValue()).toBe('')
      await page.getByRole('menuitem', { name: 'Account settings' }).click()
      await page.getByLabel('Name', { exact: true }).fill('')
      await page.keyboard.type('eta2')
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('eta2')
    })

    it('copies the first match with Enter', async () => {
      const page = await open()
      await page.keyboard.type('gamma')
      await page.keyboard.press('Enter')
      expect(await lastCall(page, 'copy')).toEqual(['svix/gamma', 'token'])
      expect(await focused(page)).toBe('Search accounts')
    })

    it('says that nothing matches, with a way back', async () => {
      const page = await open()
      await search(page).fill('nobody')
      await page.getByText('No account matches "nobody".').waitFor()
      await page.getByText('0 accounts found', { exact: true }).waitFor({ state: 'attached' })
      await page.keyboard.press('Enter')
      await page.keyboard.press('ArrowDown')
      expect(await callsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Clear search' }).click()
      expect(await names(page)).toEqual(INITIAL)
      expect(await focused(page)).toBe('Search accounts')
    })
  })

  it('keeps its search while the user looks at an account, and forgets it elsewhere', async () => {
    const page = await open()
    await search(page).fill('koyeb')
    await page.getByRole('button', { name: 'koyeb/beta', exact: true }).click()
    await page.getByRole('button', { name: 'Back' }).click()
    expect(await search(page).inputValue()).toBe('koyeb')
    expect(await names(page)).toEqual(['koyeb/zulu', 'koyeb/beta'])
    await page.getByRole('button', { name: 'Tools' }).click()
    await page.getByRole('button', { name: 'Accounts' }).click()
    expect(await search(page).inputValue()).toBe('')
  })

  it('shows the row whose token was copied above the bar that says so', async () => {
    const page = await built.open({ snapshot: seven }, { viewport: { width: 320, height: 420 } })
    const copy = page.getByRole('button', { name: 'Copy the token of sftpgo/eta' })
    await copy.click()
    const copied = { account: 'sftpgo/eta', form: 'token', clearsAt: NOW + 20_000 } as const
    await push(page, { ...seven, revision: seven.revision + 1, copied })
    await page.getByText('Token of sftpgo/eta').first().waitFor()
    const [row, main] = [copy.locator('xpath=ancestor::li'), page.getByRole('main')]
    const bottoms = [row, main].map(async (each) => {
      const box = await each.boundingBox()
      return box ? box.y + box.height : Number.NaN
    })
    const [ofRow = Number.NaN, ofMain = Number.NaN] = await Promise.all(bottoms)
    expect(ofRow).toBeLessThanOrEqual(ofMain + 1)
  })

  describe('its keys', () => {
    it('move from row to row, where Enter copies', async () => {
      const page = await open()
      const seen = []
      const keys = ['ArrowDown', 'ArrowDown', 'End', 'ArrowDown', 'ArrowUp', 'Home', 'ArrowUp']
      for (const key of keys) {
        await page.keyboard.press(key)
        seen.push(await focused(page))
      }
      expect(seen).toEqual([
        ...['Copy the token of koyeb/zulu', 'Copy the token of koyeb/beta'],
        ...['Log in to sftpgo/theta', 'Log in to sftpgo/theta'],
        ...['Copy the token of Größe Kunde', 'Copy the token of koyeb/zulu', 'Search accounts'],
      ])
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      expect(await lastCall(page, 'copy')).toEqual(['koyeb/zulu', 'token'])
    })

    it('open log in with Enter where an account is not logged in', async () => {
      const page = await open()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Log in to sftpgo/theta' }).waitFor()
    })

    it('stay on the names where these have the focus', async () => {
      const page = await open()
      await page.locator('#accounts .row-open').first().focus()
      await page.keyboard.press('ArrowDown')
      expect(await focused(page)).toBe('koyeb/beta')
    })

    it('open the details with the right arrow, and come back to the row', async () => {
      const page = await open()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowRight')
      await page.getByRole('heading', { name: 'koyeb/zulu' }).waitFor()
      await page.getByRole('button', { name: 'Back' }).click()
      await expect.poll(() => focused(page)).toBe('Copy the token of koyeb/zulu')
    })

    it('leave other keys to the browser, and to an open menu', async () => {
      const page = await open()
      await page.getByRole('button', { name: 'More for koyeb/beta' }).focus()
      await page.keyboard.press('ArrowDown')
      await expect.poll(() => focused(page)).toBe('Copy token')
      await page.keyboard.press('ArrowDown')
      await expect.poll(() => focused(page)).toBe('Copy as header')
    })
  })

  describe('a row', () => {
    const facts = (page: Page, id: string) =>
      page.locator(`[id="open-${id}-facts"]`).evaluate((element) => element.textContent)
    const rowOf = (page: Page, id: string) =>
      page.getByRole('listitem').filter({ has: page.locator(`[id="open-${id}"]`) })

    it('has the time left of its last token at its end', async () => {
      const page = await open()
      await rowOf(page, 'svix/gamma').locator('time').getByText('45 min').waitFor()
      expect(await rowOf(page, 'sftpgo/eta').locator('time').count()).toBe(0)
      expect(await facts(page, 'svix/gamma')).toContain('2 active tokens')
    })

    it('says its state only where that is not the usual one', async () => {
      const page = await open()
      expect(await page.getByText('Logged in').count()).toBe(0)
      expect(await page.getByText('Login required').count()).toBe(1)
      expect(await facts(page, 'sftpgo/theta')).toContain('Login required')
    })

    it('tells screen readers its color and its pin', async () => {
      const page = await open()
      expect(await facts(page, 'svix/delta')).toContain('red')
      expect(await facts(page, 'koyeb/zulu')).toContain('pinned')
      expect(await facts(page, 'sftpgo/eta')).toBe('SFTPGo · alice at files.example.com')
    })

    it.each(['light', 'dark'] as const)('has colors that can be told: %s', async (colorScheme) => {
      const scene = scenes.find(({ name }) => name === 'accounts-looks')
      if (!scene) throw new Error('There is no such scene.')
      const page = await built.open(scene, { colorScheme, viewport: { width: 360, height: 900 } })
      const found = await page.evaluate(contrasts)
      expect(found.edges).toHaveLength(accountColors.length)
      // WCAG 1.4.11 for graphics, 1.4.3 for the letters of services without a mark.
      for (const contrast of found.edges) expect(contrast).toBeGreaterThanOrEqual(3)
      for (const contrast of found.tiles) expect(contrast).toBeGreaterThanOrEqual(4.5)
    })
  })

  describe('the settings of an account', () => {
    const details = async () => {
      const page = await open()
      await page.getByRole('button', { name: 'koyeb/beta', exact: true }).click()
      return page
    }

    it('give it a display name in any script, and take that away', async () => {
      const page = await details()
      const field = page.getByLabel('Display name (optional)')
      await field.fill('a\u202eb')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Display names have 1 to 60 characters').waitFor()
      expect(await callsOf(page)).toEqual([])
      await field.fill(' 本番 ')
      await page.getByRole('button', { name: 'Save' }).click()
      expect(await lastCall(page, 'changeAccount')).toEqual(['koyeb/beta', { displayName: '本番' }])
      const named = seven.accounts.map((each) =>
        each.id === 'koyeb/beta' ? { ...each, displayName: '本番' } : each,
      )
      await push(page, { ...seven, accounts: named })
      await page.getByRole('heading', { name: '本番' }).waitFor()
      await page.getByText('Koyeb · koyeb/beta').waitFor()
      await field.fill('')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('koyeb/beta is shown by its name.').waitFor()
    })

    it('give it a color and a pin', async () => {
      const page = await details()
      await page.getByLabel('Color').selectOption('Red')
      expect(await lastCall(page, 'changeAccount')).toEqual(['koyeb/beta', { color: 'red' }])
      await page.getByRole('switch', { name: 'Pinned' }).click()
      await expect.poll(async () => (await callsOf(page)).length).toBe(2)
      expect(await lastCall(page, 'changeAccount')).toEqual(['koyeb/beta', { pinned: true }])
    })
  })

  it('sends the name of a new account as it was typed', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Add account' }).click()
    await page.getByRole('button', { name: 'Glowmarkt' }).click()
    await page.getByLabel('User name').fill('bob')
    await page.getByLabel('Password', { exact: true }).fill('secret')
    await page.getByText('More options').click()
    await page.getByLabel('Name (optional)', { exact: true }).fill('Größe Kunde')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    expect(await lastCall(page, 'addAccount')).toMatchObject([{ name: 'Größe Kunde' }])
  })
})

/** The contrasts of the edges of rows with the page, and of the marks with what is behind them. In the page. */
function contrasts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const luminance = (color: string) => {
    if (!canvas) return Number.NaN
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const level = part / 255
      return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const contrast = (one: string, other: string) => {
    const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05)
  }
  const of = (selector: string) =>
    [...document.querySelectorAll(selector)].map((each) => getComputedStyle(each))
  const page = getComputedStyle(document.body).backgroundColor
  return {
    edges: of('.own-color').map((style) => contrast(style.backgroundColor, page)),
    tiles: of('.tile').map((style) => contrast(style.color, style.backgroundColor)),
  }
}
