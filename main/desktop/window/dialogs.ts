import type { BrowserWindow, Dialog, SaveDialogOptions } from 'electron'
import type { Failure } from '../../../preload/failure.ts'
import type { QuestionWords } from '../../../renderer/text/questions.ts'
import type { Log } from '../../base/log.ts'
import { toFailure } from '../ipc/failure.ts'
import type { NewFile } from '../ipc/transfer.ts'

const EXPORTED = [{ name: 'Exported by Tokentray', extensions: ['json'] }]

/** What the user saves, and the name that is offered unless there is a better one. */
const NEW_FILES = {
  secret: { title: 'Save the secret', defaultPath: 'secret.curl' },
  settings: {
    ...{ title: 'Export accounts and settings', defaultPath: 'tokentray.json' },
    ...{ buttonLabel: 'Export', filters: EXPORTED },
  },
  activity: {
    ...{ title: 'Export activity', defaultPath: 'tokentray-activity.csv', buttonLabel: 'Export' },
    filters: [
      { name: 'Spreadsheet (CSV)', extensions: ['csv'] },
      { name: 'One JSON object per line', extensions: ['jsonl'] },
    ],
  },
} as const satisfies Record<NewFile, SaveDialogOptions>

/** Native dialogs, for what the page cannot show because it is not open or not in front. */
export function createDialogs(dialog: Dialog, log: Log) {
  const tell = ({ message, hint }: Pick<Failure, 'message' | 'hint'>): void => {
    const options = { type: 'warning', title: 'Tokentray', message, detail: hint } as const
    dialog.showMessageBox(options).catch((error: unknown) => {
      log.error('a dialog could not be shown', { error })
    })
  }
  return {
    /** Shows a failure without waiting for the dialog. */
    tell,

    /**
     * Asks before an action that cannot be undone, over a window if one is given; true if the user
     * agrees. Return, Escape and closing the dialog all decline.
     */
    async ask({ title, text, action }: QuestionWords, window?: BrowserWindow): Promise<boolean> {
      const options = {
        ...({ type: 'question', title: 'Tokentray', message: title } as const),
        ...{ detail: text.join('\n\n'), buttons: ['Cancel', action] },
        ...{ defaultId: 0, cancelId: 0, noLink: true },
      }
      const { response } = await (window
        ? dialog.showMessageBox(window, options)
        : dialog.showMessageBox(options))
      return response === 1
    },

    /** Reports that the page could not be reloaded. */
    gaveUp: () =>
      tell({
        message: 'The Tokentray window stopped working several times and was closed.',
        hint: 'Tools still get tokens. To try again, open the window from the tray or start Tokentray again.',
      }),

    /** Reports why the program cannot run, and waits until the dialog is closed. */
    fatal(error: unknown): void {
      log.error('Tokentray cannot run', { error })
      const { message, hint } = toFailure(error)
      dialog.showErrorBox('Tokentray cannot run', `${message}\n\n${hint}`)
    },

    /** Shows a text, and waits until the dialog is closed. */
    box: ({ title, body }: { readonly title: string; readonly body: string }) =>
      dialog.showErrorBox(title, body),

    /** Lets the user choose what to import; resolves to the path, or `null` if they cancel. */
    async chooseImport(window: BrowserWindow): Promise<string | null> {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        ...{ title: 'Import accounts and settings', buttonLabel: 'Import', filters: EXPORTED },
        properties: ['openFile'],
      })
      return canceled ? null : (filePaths[0] ?? null)
    },

    /** Lets the user choose a file; resolves to its path, or `null` if they cancel. */
    async chooseFile(window: BrowserWindow): Promise<string | null> {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        properties: ['openFile'],
      })
      return canceled ? null : (filePaths[0] ?? null)
    },

    /** Lets the user choose where to save this; resolves to the path, or `null` if they cancel. */
    async chooseNewFile(
      window: BrowserWindow,
      what: NewFile,
      name?: string,
    ): Promise<string | null> {
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        ...NEW_FILES[what],
        ...(name !== undefined && { defaultPath: name }),
        // On Linux the dialog asks only if it is told to; elsewhere it always does.
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      })
      return canceled || filePath === '' ? null : filePath
    },
  }
}
