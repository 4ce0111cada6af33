import type { BrowserWindow, Dialog } from 'electron'
import type { Failure } from '../../../preload/failure.ts'
import type { QuestionWords } from '../../../renderer/text/questions.ts'
import type { Log } from '../../base/log.ts'
import { toFailure } from '../ipc/failure.ts'

/** Dialogs of the system, for what the page cannot say because it is not there, or not in front. */
export function createDialogs(dialog: Dialog, log: Log) {
  const tell = ({ message, hint }: Pick<Failure, 'message' | 'hint'>): void => {
    const options = { type: 'warning', title: 'Tokentray', message, detail: hint } as const
    dialog.showMessageBox(options).catch((error: unknown) => {
      log.error('a dialog could not be shown', { error })
    })
  }
  return {
    /** Says what did not work, and waits for nobody. */
    tell,

    /**
     * Asks before something that cannot be taken back; true where the person wants it. What is done
     * by Return or Escape, or by closing the dialog, is nothing.
     */
    async ask({ title, text, deed }: QuestionWords): Promise<boolean> {
      const { response } = await dialog.showMessageBox({
        ...{ type: 'question', title: 'Tokentray', message: title, detail: text.join('\n\n') },
        ...{ buttons: ['Cancel', deed], defaultId: 0, cancelId: 0, noLink: true },
      })
      return response === 1
    },

    /** Says that the page could not be brought back. */
    gaveUp: () =>
      tell({
        message: 'The window of Tokentray failed several times and was closed.',
        hint: 'Tokens are still handed out. Open it from the tray, or start Tokentray again, to try once more.',
      }),

    /** Says why the program cannot run, and waits until that was read. */
    fatal(error: unknown): void {
      log.error('Tokentray cannot run', { error })
      const { message, hint } = toFailure(error)
      dialog.showErrorBox('Tokentray cannot run', `${message}\n\n${hint}`)
    },

    /** Says it, and waits until that was read. */
    box: ({ title, body }: { readonly title: string; readonly body: string }) =>
      dialog.showErrorBox(title, body),

    /** Lets the person choose a file; its path, or `null`. */
    async chooseFile(window: BrowserWindow): Promise<string | null> {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        properties: ['openFile'],
      })
      return canceled ? null : (filePaths[0] ?? null)
    },
  }
}
