import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type BrowserContext, chromium as driver, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'
import { chromium as component, describeWith } from '../helpers/needs.ts'
import { findProgram } from '../loopback/http/components.ts'
import { shownDialogs } from './shown-dialog.ts'

const QUESTION = {
  ...{ message: 'Remove <b>"backup"</b>?', detail: 'One line.\n\nAnother.' },
  ...{ buttons: ['Cancel', 'Remove'], defaultId: 0, cancelId: 0 },
}

describeWith([component], 'the dialogs of the preview', () => {
  let context: BrowserContext
  let home: string
  const dialogs = shownDialogs(() => context.newPage())

  beforeAll(async () => {
    const browser = await driver.launch({
      executablePath: findProgram('chromium') ?? '',
      chromiumSandbox: process.getuid?.() !== 0,
    })
    context = await browser.newContext()
  })

  afterAll(() => context?.browser()?.close())

  beforeEach(() => {
    home = makeTestFolder('home')
    vi.stubEnv('HOME', home)
    return () => vi.unstubAllEnvs()
  })

  /** The page of the next dialog, once it can be answered. */
  const nextPage = async () => {
    const page = await context.waitForEvent('page')
    await page.getByRole('button').first().waitFor()
    return page
  }
  /** What `start` resolves to after the user has answered its pages, one after the other. */
  const answered = async <Value>(
    start: () => Promise<Value>,
    ...acts: readonly ((page: Page) => Promise<unknown>)[]
  ) => {
    let coming = nextPage()
    const result = start()
    for (const [index, act] of acts.entries()) {
      const page = await coming
      if (index < acts.length - 1) coming = nextPage()
      // The page may be closed before it could say that a key was taken.
      await Promise.all([page.waitForEvent('close'), act(page).catch(() => undefined)])
    }
    return result
  }
  const press = (name: string) => (page: Page) => page.getByRole('button', { name }).click()
  const key = (name: string) => (page: Page) => page.keyboard.press(name)
  const enter = (text: string) => async (page: Page) => {
    await page.getByRole('textbox', { name: 'Path' }).fill(text)
    await page.keyboard.press('Enter')
  }
  /** Checks what the page says before the user acts. */
  const seeing = (text: string, act: (page: Page) => Promise<unknown>) => async (page: Page) => {
    said.push((await page.innerText('body')).includes(text) ? text : await page.innerText('body'))
    await act(page)
  }
  const said: string[] = []
  beforeEach(() => {
    said.length = 0
  })

  describe('a question', () => {
    const ask = () => dialogs.showMessageBox({}, QUESTION)

    it.each([
      ['the button that agrees', 1, press('Remove')],
      ['the other button', 0, press('Cancel')],
      ['Return, which presses the button with the focus', 0, key('Enter')],
      ['Escape', 0, key('Escape')],
      ['closing it', 0, (page: Page) => page.close()],
    ])('is answered by %s', async (_what, response, act) => {
      expect(await answered(ask, act)).toEqual({ response, checkboxChecked: false })
      expect(context.pages()).toEqual([])
    })

    it('has its words as they are, without a window as well', async () => {
      const asking = () => dialogs.showMessageBox(QUESTION)
      await answered(
        asking,
        seeing('Remove <b>"backup"</b>?', async (page) => {
          said.push(await page.locator('p').innerText())
          await page.close()
        }),
      )
      expect(said).toEqual([QUESTION.message, QUESTION.detail])
    })

    it('that only tells something has a button to close it', async () => {
      const tell = () => dialogs.showMessageBox({ message: 'Too late.' })
      expect((await answered(tell, press('OK'))).response).toBe(0)
    })
  })

  describe('saving', () => {
    const save = () =>
      dialogs.showSaveDialog({}, { title: 'Save the secret', defaultPath: 'backup.curl' })
    const saved = (file: string) => ({ canceled: false, filePath: file })

    it('offers the name in the home, or in Downloads where there is one', async () => {
      expect(await answered(save, key('Enter'))).toEqual(saved(path.join(home, 'backup.curl')))
      mkdirSync(path.join(home, 'Downloads'))
      expect(await answered(save, press('Save'))).toEqual(
        saved(path.join(home, 'Downloads', 'backup.curl')),
      )
    })

    it('takes any path, and says what is wrong with it', async () => {
      mkdirSync(path.join(home, 'folder'))
      const result = await answered(
        save,
        enter('/nonexistent/x'),
        seeing('There is no such folder.', enter('~/folder')),
        seeing('That is a folder.', enter('~/folder/x')),
      )
      expect(result).toEqual(saved(path.join(home, 'folder', 'x')))
      expect(said).toEqual(['There is no such folder.', 'That is a folder.'])
    })

    it('asks before it replaces a file', async () => {
      const file = path.join(home, 'backup.curl')
      writeFileSync(file, 'old')
      const replaces = '"backup.curl" already exists.'
      const result = await answered(
        save,
        key('Enter'),
        seeing(replaces, press('Cancel')),
        seeing('Choose another name.', key('Enter')),
        seeing(replaces, press('Replace')),
      )
      expect(result).toEqual(saved(file))
      expect(said).toEqual([replaces, 'Choose another name.', replaces])
    })

    it('is cancelled by Escape and by closing the page', async () => {
      for (const act of [key('Escape'), (page: Page) => page.close(), press('Cancel')]) {
        expect(await answered(save, act)).toEqual({ canceled: true, filePath: '' })
      }
    })
  })

  it('opening takes a file that exists only', async () => {
    const file = path.join(home, 'tokentray.json')
    writeFileSync(file, '{}')
    const open = () => dialogs.showOpenDialog({}, { title: 'Import', buttonLabel: 'Import' })
    const result = await answered(
      open,
      enter('other.json'),
      seeing('There is no such file.', enter('tokentray.json')),
    )
    expect(result).toEqual({ canceled: false, filePaths: [file] })
    expect(said).toEqual(['There is no such file.'])
    expect(await answered(open, key('Escape'))).toEqual({ canceled: true, filePaths: [] })
  })
})
