import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'

/** The options of Electron's dialogs that are looked at. */
export interface DialogOptions {
  readonly title?: string
  readonly message?: string
  readonly detail?: string
  readonly buttons?: readonly string[]
  readonly defaultId?: number
  readonly cancelId?: number
  readonly defaultPath?: string
  readonly buttonLabel?: string
}

/** What a page of its own asks the user. */
interface Question {
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
  /** The button that has the focus; with a field for a path, the one that Return presses there. */
  readonly defaultId: number
  /** The result of Escape, and of closing the page. */
  readonly cancelId: number
  /** Shows a field with this path. */
  readonly file?: string
}

interface Answer {
  readonly button: number
  readonly file: string
}

const SIZE = { width: 520, height: 420 }
const CANCEL = 'Cancel'

/**
 * The dialogs of a preview that a user sees: each is a window of its own, because the app relies on dialogs that
 * its own page can neither show nor answer. Closing it cancels, as Escape does.
 */
export function shownDialogs(openPage: () => Promise<Page>) {
  const ask = async (question: Question) => askIn(await openPage(), question)
  const replaces = async (file: string) => {
    const { button } = await ask({
      message: `"${path.basename(file)}" already exists. Do you want to replace it?`,
      ...{ detail: file, buttons: [CANCEL, 'Replace'], defaultId: 0, cancelId: 0 },
    })
    return button === 1
  }
  /** Asks for a path until `problemOf` it is an empty text; resolves to `null` when the user cancels. */
  const askForFile = async (
    message: string,
    action: string,
    proposed: string,
    problemOf: (file: string) => string | Promise<string>,
  ): Promise<string | null> => {
    let detail = 'Enter the path of the file.'
    let file = proposed
    for (;;) {
      const answer = await ask({
        ...{ message, detail, file, buttons: [CANCEL, action], defaultId: 1, cancelId: 0 },
      })
      if (answer.button !== 1) return null
      file = toAbsolute(answer.file)
      const problem = await problemOf(file)
      if (problem === '') return file
      detail = problem
    }
  }
  return {
    showMessageBox: async (...args: readonly unknown[]) => {
      const { message = '', detail = '', buttons = ['OK'], ...ids } = optionsIn(args)
      const { defaultId = 0, cancelId = 0 } = ids
      const { button } = await ask({ message, detail, buttons, defaultId, cancelId })
      return { response: button, checkboxChecked: false }
    },
    showSaveDialog: async (...args: readonly unknown[]) => {
      const { title = 'Save', buttonLabel = 'Save', defaultPath = '' } = optionsIn(args)
      const proposed = path.resolve(usualFolder(), defaultPath)
      const file = await askForFile(title, buttonLabel, proposed, async (chosen) => {
        if (isFolder(chosen)) return 'That is a folder. Enter the path of a file.'
        if (!isFolder(path.dirname(chosen))) return 'There is no such folder.'
        return !existsSync(chosen) || (await replaces(chosen)) ? '' : 'Choose another name.'
      })
      return { canceled: file === null, filePath: file ?? '' }
    },
    showOpenDialog: async (...args: readonly unknown[]) => {
      const { title = 'Open a file', buttonLabel = 'Open' } = optionsIn(args)
      const proposed = path.join(usualFolder(), path.sep)
      const file = await askForFile(title, buttonLabel, proposed, (chosen) => {
        if (isFolder(chosen)) return 'That is a folder. Enter the path of a file.'
        return existsSync(chosen) ? '' : 'There is no such file.'
      })
      return { canceled: file === null, filePaths: file === null ? [] : [file] }
    },
  }
}

/** They follow the window, if one is given. */
function optionsIn(args: readonly unknown[]): DialogOptions {
  return args.at(-1) as DialogOptions
}

function usualFolder(): string {
  const downloads = path.join(homedir(), 'Downloads')
  return isFolder(downloads) ? downloads : homedir()
}

function toAbsolute(typed: string): string {
  const text = typed.trim()
  return text === '~' || text.startsWith('~/')
    ? path.join(homedir(), text.slice(1))
    : path.resolve(usualFolder(), text)
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Shows the question in an empty page, and closes it after the answer. */
async function askIn(page: Page, question: Question): Promise<Answer> {
  const cancelled = { button: question.cancelId, file: '' }
  const answer = new Promise<Answer>((resolve) => {
    page.on('close', () => resolve(cancelled))
    page.on('crash', () => resolve(cancelled))
    const shown = page
      .exposeFunction('answer', (button: number, file: string) => resolve({ button, file }))
      .then(() => resize(page))
      .then(() => page.setContent(toHtml(question)))
    // Without it there is nothing that the user could answer.
    shown.catch(() => resolve(cancelled))
  })
  try {
    return await answer
  } finally {
    await page.close().catch(() => undefined)
  }
}

async function resize(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const { windowId } = await cdp.send('Browser.getWindowForTarget')
  await cdp.send('Browser.setWindowBounds', { windowId, bounds: SIZE })
}

function toHtml({ message, detail, buttons, defaultId, cancelId, file }: Question): string {
  const field =
    file === undefined ? '' : `<input aria-label="Path" spellcheck="false" value="${toText(file)}">`
  const row = buttons.map((each, index) => `<button data-index="${index}">${toText(each)}</button>`)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tokentray asks</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
  body { margin: 1.5rem; overflow-wrap: anywhere }
  h1 { font-size: 1.1rem; margin: 0 0 .75rem }
  p { margin: 0 0 1rem; white-space: pre-line }
  input { box-sizing: border-box; width: 100%; margin-bottom: 1rem }
  input, button { font: inherit; padding: .4rem .75rem }
  div { display: flex; justify-content: flex-end; gap: .5rem }
</style>
<main role="dialog" aria-labelledby="message" aria-describedby="detail">
  <h1 id="message">${toText(message)}</h1>
  <p id="detail">${toText(detail)}</p>
  ${field}
  <div>${row.join('')}</div>
</main>
<script>
  const field = document.querySelector('input')
  const buttons = [...document.querySelectorAll('button')]
  const press = (index) => answer(index, field ? field.value : '')
  for (const [index, button] of buttons.entries()) button.onclick = () => press(index)
  addEventListener('keydown', ({ key, target }) => {
    if (key === 'Escape') press(${cancelId})
    if (key === 'Enter' && target === field) press(${defaultId})
  })
  // A long question is read from its start.
  const first = field ?? buttons[${defaultId}]
  first?.focus({ preventScroll: true })
</script></html>`
}

function toText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
