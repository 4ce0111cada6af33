import type { Mutant } from '../mutant.ts'

const inMending = (test: string) => ({ file: 'test/cli/login/login-mending.test.ts', test })
const inCodeNeed = (test: string) => ({ file: 'test/broker/login/code-requirement.test.ts', test })

/** Answers typed at a terminal can be corrected there. */
export const terminalPrompts: readonly Mutant[] = [
  {
    promise: 'a too long answer is reported with its label and asked for again',
    changes: [
      { file: 'main/base/forms/form-fields.ts', find: 'text.length > longest', replace: 'false' },
    ],
    noticedBy: inMending(
      'an answer that is too long is asked for again by its label, also a secret',
    ),
  },
  {
    promise: 'after a first refusal the user name can be corrected',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: '= await askAnew(filled, form, context)',
        replace:
          '= isFirst\n    ? await askAll(filled.values, form, context)\n    : await askAnew(filled, form, context)',
      },
    ],
    noticedBy: inMending('after the first refusal the user can correct the user name'),
  },
  {
    promise: 'an unreachable address is asked for again',
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
    promise: 'a secret typed for one host is not sent to another',
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
    promise: 'a hint of the command line names no field that it does not ask for',
    changes: [
      {
        file: 'main/cli/login/field-errors.ts',
        find: 'screen.note(forCommandLine(error.hint))',
        replace: 'screen.note(error.hint)',
      },
    ],
    noticedBy: inMending('after the first refusal the user can correct the user name'),
  },
  {
    promise: 'a code sent with a login does not make the account require one',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: 'login.usedCode && this.#codeRequirement.isProvenBy({ provider, ...form })',
        replace: 'login.usedCode',
      },
    ],
    noticedBy: inCodeNeed(
      'a code that was not asked for does not make the account need one: it is renewed without',
    ),
  },
  {
    promise: 'an account requires a code once a password accepted with a code is refused without',
    changes: [
      {
        file: 'main/broker/account/accounts.ts',
        find: 'record.needsCode || wantsCode',
        replace: 'record.needsCode',
      },
    ],
    noticedBy: inCodeNeed(
      'an account needs a code once a login that worked with it is refused without; nothing more is sent',
    ),
  },
  {
    promise: 'Backspace deletes a letter together with its accent',
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
    promise: 'tables are aligned by display width, including wide characters and combining marks',
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
    promise: 'deleting from a line that wraps clears the screen rows',
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
