import type { BrowserWindow, Dialog } from 'electron'
import { beforeEach, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { createDialogs } from '../../../main/desktop/window/dialogs.ts'
import { idle } from '../../helpers/make-broker.ts'
import { FakeWindow, makeLog } from '../fake-electron.ts'

let shown: unknown[]
let chosen: { canceled: boolean; filePaths: string[] }
let fails: boolean
/** The pressed button, or the one that closing the dialog stands for. */
let button: number
const log = makeLog()
const window: BrowserWindow = new FakeWindow().asWindow

const dialogs = createDialogs(
  {
    showMessageBox: async (options: unknown) => {
      shown.push(options)
      if (fails) throw new Error('no display')
      return { response: button }
    },
    showErrorBox: (...words: string[]) => shown.push(words),
    showSaveDialog: async (...asked: unknown[]) => {
      shown.push(asked)
      return { canceled: chosen.canceled, filePath: chosen.filePaths[0] ?? '' }
    },
    showOpenDialog: async (...asked: unknown[]) => {
      shown.push(asked)
      return chosen
    },
  } as unknown as Dialog,
  log,
)

beforeEach(() => {
  shown = []
  chosen = { canceled: false, filePaths: ['/a/file'] }
  fails = false
  button = 0
  log.lines.length = 0
})

it('shows why Tokentray cannot run, and what to do', () => {
  dialogs.fatal(new TokentrayError('record_unavailable', '/home/x cannot be used.'))
  expect(shown).toEqual([
    [
      'Tokentray cannot run',
      '/home/x cannot be used.\n\nFree up disk space and check the permissions of the data folder.',
    ],
  ])
  expect(log.lines).toHaveLength(1)
})

it('does not show internal details', () => {
  dialogs.fatal(new Error('the inside'))
  expect(JSON.stringify(shown)).not.toContain('the inside')
})

it('shows a failure', () => {
  dialogs.tell({ message: 'It did not work.', hint: 'Try again.' })
  expect(shown).toMatchObject([{ message: 'It did not work.', detail: 'Try again.' }])
})

it.each([
  [0, false],
  [1, true],
])('asks with Cancel for Return and Escape: button %i is %s', async (pressed, wanted) => {
  button = pressed
  const text = ['Active tokens are revoked.', 'The account stays.']
  const question = { title: 'Log out of koyeb/work?', text, action: 'Log out' }
  expect(await dialogs.ask(question)).toBe(wanted)
  expect(shown).toMatchObject([
    {
      message: 'Log out of koyeb/work?',
      detail: 'Active tokens are revoked.\n\nThe account stays.',
      buttons: ['Cancel', 'Log out'],
      defaultId: 0,
      cancelId: 0,
    },
  ])
})

it('continues if nothing can be shown', async () => {
  fails = true
  dialogs.gaveUp()
  await idle()
  expect(log.lines).toHaveLength(1)
})

it('lets the user choose one file, over the window', async () => {
  expect(await dialogs.chooseFile(window)).toBe('/a/file')
  expect(shown).toEqual([[window, { properties: ['openFile'] }]])
})

it.each([
  { canceled: true, filePaths: ['/a/file'] },
  { canceled: false, filePaths: [] },
])('treats %j as no file', async (answer) => {
  chosen = answer
  expect(await dialogs.chooseFile(window)).toBeNull()
})

it.each([
  ['settings', undefined, { defaultPath: 'tokentray.json', buttonLabel: 'Export' }],
  ['secret', 'backup.curl', { defaultPath: 'backup.curl' }],
  [
    ...(['activity', undefined] as const),
    {
      ...{ defaultPath: 'tokentray-activity.csv', buttonLabel: 'Export' },
      filters: [{ extensions: ['csv'] }, { extensions: ['jsonl'] }],
    },
  ],
] as const)(
  'lets the user choose where to save (%s), and asks before a file is replaced',
  async (what, name, options) => {
    expect(await dialogs.chooseNewFile(window, what, name)).toBe('/a/file')
    const properties = expect.arrayContaining(['showOverwriteConfirmation'])
    expect(shown).toMatchObject([[window, { ...options, properties }]])
    chosen = { canceled: true, filePaths: ['/a/file'] }
    expect(await dialogs.chooseNewFile(window, what, name)).toBeNull()
    chosen = { canceled: false, filePaths: [] }
    expect(await dialogs.chooseNewFile(window, what, name)).toBeNull()
  },
)

it('lets the user choose the file of an import', async () => {
  expect(await dialogs.chooseImport(window)).toBe('/a/file')
  expect(shown).toMatchObject([[window, { properties: ['openFile'] }]])
  chosen = { canceled: true, filePaths: [] }
  expect(await dialogs.chooseImport(window)).toBeNull()
})
