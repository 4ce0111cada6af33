import type { Mutant } from '../mutant.ts'

const inMending = (test: string) => ({ file: 'test/cli/login/login-mending.test.ts', test })
const inCodeNeed = (test: string) => ({ file: 'test/broker/login/code-need.test.ts', test })

/** What a person answers at a terminal can be mended there. */
export const terminalPrompts: readonly Mutant[] = [
  {
    promise: 'an answer that is too long is named by its label and asked for again',
    changes: [
      { file: 'main/base/forms/form-fields.ts', find: 'text.length > longest', replace: 'false' },
    ],
    noticedBy: inMending(
      'an answer that is too long is asked for again by its label, also a secret',
    ),
  },
  {
    promise: 'who was refused for the first time can correct the user name',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: '= await askAnew(filled, form, context)',
        replace:
          '= isFirst\n    ? await askAll(filled.values, form, context)\n    : await askAnew(filled, form, context)',
      },
    ],
    noticedBy: inMending('the first refusal already lets a person correct the user name'),
  },
  {
    promise: 'an address where there is nothing is asked for again',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: 'if (!address) return null',
        replace: 'return null',
      },
    ],
    noticedBy: inMending('is asked for again, and with another host the password as well'),
  },
  {
    promise: 'what was typed for one host is not sent to another one',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: 'if (isElsewhere(asked, values, corrected))',
        replace: 'if (false)',
      },
    ],
    noticedBy: inMending('and with another host the password as well'),
  },
  {
    promise: 'a hint at the command line names no field that is not asked for there',
    changes: [
      {
        file: 'main/cli/login/field-errors.ts',
        find: 'screen.note(forCommandLine(error.hint))',
        replace: 'screen.note(error.hint)',
      },
    ],
    noticedBy: inMending('the first refusal already lets a person correct the user name'),
  },
  {
    promise: 'a code that goes along with a login does not make an account need one',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: 'login.usedCode && this.#codeNeed.isShownBy({ provider, ...form })',
        replace: 'login.usedCode',
      },
    ],
    noticedBy: inCodeNeed(
      'a code that nobody asked for makes no account need one: it is renewed without',
    ),
  },
  {
    promise: 'the first refusal of what was accepted with a code makes the account need one',
    changes: [
      {
        file: 'main/broker/account/accounts.ts',
        find: 'record.needsCode || wantsCode',
        replace: 'record.needsCode',
      },
    ],
    noticedBy: inCodeNeed('that it is needed shows the first refusal of what was accepted with it'),
  },
  {
    promise: 'Backspace takes a letter back with its accent, as the screen does',
    changes: [
      {
        file: 'main/cli/terminal/line-editor.ts',
        find: "toCharacters(this.#text).slice(0, -1).join('')",
        replace: "[...this.#text].slice(0, -1).join('')",
      },
    ],
    noticedBy: {
      file: 'test/cli/terminal/line-editor.test.ts',
      test: 'backspace takes a letter back with its accent',
    },
  },
  {
    promise: 'tables are aligned by what a terminal shows, also of wide letters and marks',
    changes: [
      {
        file: 'main/cli/terminal/columns.ts',
        find: "character.replace(MARKS, '')",
        replace: 'character',
      },
    ],
    noticedBy: {
      file: 'test/cli/terminal/screen.test.ts',
      test: 'aligns by the columns that a terminal gives to',
    },
  },
  {
    promise: 'what is taken back of a line over more rows leaves the screen',
    changes: [{ file: 'main/cli/terminal/shown-line.ts', find: 'rows > 0', replace: 'rows > 99' }],
    noticedBy: {
      file: 'test/cli/terminal/shown-line.test.ts',
      test: 'a line over more rows, taken back',
    },
  },
  {
    promise: 'what was typed before the program had the terminal is no answer',
    changes: [
      { file: 'main/cli/terminal/prompt.ts', find: '&& discard()', replace: '&& !discard' },
    ],
    noticedBy: {
      file: 'test/cli/terminal/terminal.test.ts',
      test: 'what was typed before the program had the terminal is no answer',
    },
  },
]
