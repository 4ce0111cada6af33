import { complain } from './basics.ts'
import { openOwnPage } from './chromium.ts'
import { isShown } from './shown-chromium.ts'
import { shownDialogs } from './shown-dialog.ts'
import { answers } from './small-parts.ts'

/** What a test has chosen, otherwise cancelled. */
const chosen = {
  showOpenDialog: async () => ({
    canceled: answers.files.length === 0,
    filePaths: [...answers.files],
  }),
  showSaveDialog: async () => ({
    canceled: answers.files.length === 0,
    filePath: answers.files[0] ?? '',
  }),
  showMessageBox: async () => ({ response: answers.button, checkboxChecked: false }),
}

/** `dialog`: a user who sees the window is really asked. */
export const dialog = {
  ...(isShown ? shownDialogs(openOwnPage) : chosen),
  showErrorBox: (title: string, content: string) => complain(`${title}: ${content}`),
}
