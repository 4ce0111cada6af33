import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { PreferencesView } from '../../preload/snapshot.ts'
import { zoomAfter } from '../../renderer/state/zoom.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { empty, full } from './fixture-bridge/snapshots.ts'
import { keys } from './hands.ts'
import { callsOf, lastCall, push, withPage } from './with-page.ts'

describeWith([chromium], 'the settings', () => {
  const built = withPage()
  const open = async (scene: Partial<Parameters<typeof built.open>[0]> = {}) => {
    const page = await built.open({ snapshot: full, clicks: ['Settings'], ...scene })
    await page.clock.resume()
    return page
  }

  it.each<readonly [string, string, Partial<PreferencesView>]>([
    ['Theme', 'Dark', { theme: 'dark' }],
    ['Text size', '150 %', { zoom: 150 }],
    ['Lock when idle', 'After 15 minutes', { lockAfterIdleMinutes: 15 }],
    ['Lock when idle', 'After 1 hour', { lockAfterIdleMinutes: 60 }],
  ])('are chosen: %s, %s', async (label, choice, change) => {
    const page = await open()
    await page.getByLabel(label).selectOption(choice)
    expect(await lastCall(page, 'setPreferences')).toEqual([change])
  })

  it.each<readonly [string, Partial<PreferencesView>]>([
    ['Token copied', { notifyCopied: false }],
    ['Login required', { notifyLoginRequired: false }],
    ['Service limits', { notifyServiceLimits: false }],
  ])('are switched: %s', async (label, change) => {
    const page = await open()
    await page.getByRole('switch', { name: label }).click()
    expect(await lastCall(page, 'setPreferences')).toEqual([change])
  })

  it('say which notifications cannot be turned off', async () => {
    const page = await open()
    await page.getByText('a clipboard that could not be cleared, are always shown').waitFor()
  })

  it('lead to each section by keyboard: the next Tab is in it', async () => {
    const firsts: readonly (readonly [section: string, control: string])[] = [
      ['General', 'Theme'],
      ['Security', 'Lock on sleep'],
      ['Notifications', 'Token copied'],
      ['New accounts', 'Token lifetime'],
      ['Backup', 'Export…'],
      ['About', 'Copy address'],
    ]
    for (const [section, control] of firsts) {
      const page = await open()
      await keys.press(page.getByRole('button', { name: section, exact: true }))
      const heading = page.getByRole('heading', { name: section, exact: true })
      expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true)
      await expect.poll(() => isInSight(page, section)).toBe(true)
      await page.keyboard.press('Tab')
      expect(await nameOfFocused(page)).toBe(control)
      await page.close()
    }
  })

  const nameOfFocused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      return element?.labels?.[0]?.textContent ?? element?.textContent
    })

  const isInSight = (page: Page, heading: string) =>
    page.getByRole('heading', { name: heading, exact: true }).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return top >= 0 && bottom <= window.innerHeight
    })

  it('export, and say what the file holds', async () => {
    const page = await open({ answers: { exportSettings: [{ value: { accounts: 4, tools: 1 } }] } })
    await keys.press(page.getByRole('button', { name: 'Export…' }))
    expect(await lastCall(page, 'exportSettings')).toEqual([])
    await page.getByText('Exported 4 accounts, 1 tool and your settings.').waitFor()
  })

  it('say nothing of an export or import that the user cancelled', async () => {
    const page = await open({ answers: { exportSettings: [{ value: null }] } })
    await page.getByRole('button', { name: 'Export…' }).click()
    await page.getByRole('button', { name: 'Import…' }).click()
    expect(await callsOf(page)).toHaveLength(2)
    expect((await page.getByRole('status').allTextContents()).join('')).toBe('')
  })

  it('import, and say what was added, what was there and what was refused and why', async () => {
    const page = await open({
      answers: {
        importSettings: [
          {
            value: {
              accounts: {
                ...{ added: ['sftpgo/a', 'sftpgo/b'], existing: ['koyeb/work'] },
                refused: [{ entry: 'account 4', why: 'This version does not have its service.' }],
              },
              tools: { added: ['backup'], existing: [], refused: [] },
              preferences: { changed: 2, kept: 1 },
            },
          },
          {
            value: {
              accounts: { added: [], existing: [], refused: [] },
              tools: { added: [], existing: [], refused: [] },
              preferences: { changed: 0, kept: 0 },
            },
          },
        ],
      },
    })
    await page.getByRole('button', { name: 'Import…' }).click()
    for (const line of [
      'Added 2 accounts: sftpgo/a, sftpgo/b. Log in to use each.',
      'Added 1 tool: backup. Create a new secret for it.',
      '2 settings changed.',
      '1 setting not changed: the file would switch a protection off.',
      'Already there, not changed: koyeb/work.',
      'Refused: account 4. This version does not have its service.',
    ]) {
      await page.getByText(line, { exact: true }).waitFor()
    }
    await page.getByRole('button', { name: 'Import…' }).click()
    await page.getByText('There was nothing new in the file.').waitFor()
  })

  it('show a refused file', async () => {
    const failure = { code: 'invalid_request', message: 'Not imported.', hint: 'Choose another.' }
    const page = await open({ answers: { importSettings: [{ failure }] } })
    await page.getByRole('button', { name: 'Import…' }).click()
    await page.getByRole('alert').getByText('Choose another.').waitFor()
  })

  it('copy the address and open the log folder', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Copy address' }).click()
    expect(await lastCall(page, 'copyAddress')).toEqual([])
    await page.getByText('Address copied.').waitFor()
    await page.getByRole('button', { name: 'Open log folder' }).click()
    expect(await lastCall(page, 'openDataFolder')).toEqual([])
  })

  it('list the licenses, and lead back to the button', async () => {
    const licenses = [
      { name: 'zod', version: '4.6.7', license: 'MIT', text: 'Permission is granted' },
      { name: 'odd', version: '1.0.0', license: '', text: '' },
    ]
    const page = await open({ answers: { licenses: [{ value: { licenses } }] } })
    await keys.press(page.getByRole('button', { name: 'Licenses' }))
    await page.getByText('zod 4.6.7, MIT').click()
    await page.getByText('Permission is granted').waitFor()
    await page.getByText('odd 1.0.0').click()
    await page.getByText('The library has no file with its license.').waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    expect(await page.locator(':focus').textContent()).toBe('Licenses')
  })

  it('reset after the word was typed, with the progress, and end at the welcome', async () => {
    const page = await open({ answers: { reset: ['hold'] } })
    await keys.press(page.getByRole('button', { name: 'Reset…' }))
    const dialog = page.getByRole('alertdialog', { name: 'Reset Tokentray?' })
    await dialog.getByText('settings return to their defaults').waitFor()
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByLabel(/Type reset/).fill('rest')
    await page.keyboard.press('Enter')
    expect(await callsOf(page)).toEqual([])
    await dialog.getByLabel(/Type reset/).fill('reset')
    await page.keyboard.press('Enter')
    expect(await lastCall(page, 'reset')).toEqual(['reset'])
    await page.getByRole('heading', { name: 'Accounts' }).waitFor()

    const resetting = { done: 1, total: 4 }
    await push(page, { ...full, status: { ...full.status, resetting } })
    await page.getByText('Resetting: 1 of 4 accounts done.').waitFor()
    await push(page, empty)
    await page.evaluate(() => window.fixture.release('reset', { value: { left: 2 } }))
    await page.getByRole('heading', { name: 'Welcome to Tokentray' }).waitFor()
    await page.getByText('2 tokens could not be revoked yet. Retrying.').waitFor()
  })

  it('do not reset if the user cancels', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Reset…' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    expect(await callsOf(page)).toEqual([])
    expect(await page.locator(':focus').textContent()).toBe('Reset…')
  })

  it('change the size with the keys that browsers use, on every screen', async () => {
    const page = await built.open({ snapshot: full })
    await page.keyboard.press('Control++')
    expect(await lastCall(page, 'setPreferences')).toEqual([{ zoom: 110 }])
    await page.keyboard.press('Control+=')
    expect(await lastCall(page, 'setPreferences')).toEqual([{ zoom: 125 }])
    await page.keyboard.press('Control+-')
    expect(await lastCall(page, 'setPreferences')).toEqual([{ zoom: 110 }])
    await page.keyboard.press('Control+0')
    expect(await lastCall(page, 'setPreferences')).toEqual([{ zoom: 100 }])
    const before = (await callsOf(page)).length
    for (const key of ['+', '-', '0', 'Control+Alt+0', 'Control+0']) await page.keyboard.press(key)
    expect(await callsOf(page)).toHaveLength(before)
  })
})

it.each([
  ['+', 200, 200],
  ['-', 80, 80],
  ['+', 105, 110],
  ['-', 105, 100],
  ['0', 175, 100],
  ['a', 100, null],
])('%s at %i percent leads to %s', (key, zoom, next) => {
  expect(zoomAfter(zoom, { key, ctrlKey: true, metaKey: false, altKey: false })).toBe(next)
  expect(zoomAfter(zoom, { key, ctrlKey: false, metaKey: true, altKey: false })).toBe(next)
  expect(zoomAfter(zoom, { key, ctrlKey: false, metaKey: false, altKey: false })).toBeNull()
})
