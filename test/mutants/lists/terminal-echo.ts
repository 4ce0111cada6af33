import type { Mutant } from '../mutant.ts'

const inTerminal = (test: string) => ({ file: 'test/cli/login/login-terminal.test.ts', test })
const inLoginAgain = (test: string) => ({ file: 'test/cli/login/login-again.test.ts', test })

/** Typing name, Enter, password, Enter out of habit never shows the password. */
export const terminalEcho: readonly Mutant[] = [
  {
    promise: 'input typed after a refused answer is not echoed',
    changes: [
      {
        file: 'main/cli/login/ask-value.ts',
        find: '(await prompt.hidden(question)).reveal()',
        replace: '(await prompt.visible(question))',
      },
    ],
    noticedBy: inTerminal('a password that is typed after an answer that is refused is not shown'),
  },
  {
    promise: 'input typed after a refused answer is not used as an answer',
    changes: [
      {
        file: 'main/cli/login/ask-value.ts',
        find: '  while ((await prompt',
        replace: '  if ((await prompt',
      },
    ],
    noticedBy: inTerminal('a password that is typed after an answer that is refused is not shown'),
  },
  {
    promise: 'an answer is validated before the next question',
    changes: [
      { file: 'main/cli/login/ask-value.ts', find: ': await judge(value)', replace: ': null' },
    ],
    noticedBy: inTerminal('each answer is judged with what is known, before the next question'),
  },
  {
    promise: 'Ctrl-C cancels even if it is read together with the previous line',
    changes: [
      {
        file: 'main/cli/terminal/prompt.ts',
        find: "typed.rest.includes('\\u0003')",
        replace: 'false',
      },
    ],
    noticedBy: {
      file: 'test/cli/terminal/prompt.test.ts',
      test: 'a Ctrl-C that is read in one piece with the line before it cancels',
    },
  },
  {
    promise: 'a hang-up, like every signal that stops the program, restores the terminal',
    changes: [
      {
        file: 'main/cli/terminal/ending-signals.ts',
        find: "'SIGHUP', 'SIGINT', 'SIGTERM'",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/cli/terminal/terminal.test.ts',
      test: 'so it is when a signal ends it, in a question and after one',
    },
  },
  {
    promise: 'a lost terminal does not crash the program that exits because of it',
    changes: [
      { file: 'main/base/process/end-process.ts', find: '  closeHungUpTerminals()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/cli/terminal/terminal.test.ts',
      test: 'a terminal that is gone ends it without a crash',
    },
  },
  {
    promise: 'echo is off before the first question of a login',
    changes: [{ file: 'main/cli/commands/login.ts', find: 'context.prompt.hush()', replace: '' }],
    noticedBy: {
      file: 'test/cli/terminal/terminal.test.ts',
      test: 'what is pasted before the first question is not echoed',
    },
  },
  {
    promise: 'after a refusal the password is asked for first',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: 'const secret = await askSecret(first, context, {',
        replace:
          'if (context) return askIdentity(filled, form, context)\n  const secret = await askSecret(first, context, {',
      },
    ],
    noticedBy: inLoginAgain('first the password, at a hidden prompt'),
  },
  {
    promise: 'a field that the service refuses is asked for only once the user is watching',
    changes: [
      {
        file: 'main/cli/login/interactive-login.ts',
        find: 'isRefused: true',
        replace: 'isRefused: false',
      },
    ],
    noticedBy: inLoginAgain('a field that it names, and no secret'),
  },
  {
    promise: 'in a form the password follows the name',
    changes: [
      {
        file: 'main/providers/sftpgo/fields.ts',
        find: "  { name: 'password',",
        replace:
          "  { name: 'note', label: 'Note', kind: 'text', required: false },\n  { name: 'password',",
      },
    ],
    noticedBy: {
      file: 'test/providers/form.test.ts',
      test: 'up to the last secret, a field that may hold a name is followed by a secret',
    },
  },
]
