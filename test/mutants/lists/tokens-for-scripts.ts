import type { Mutant } from '../mutant.ts'

const formats = 'main/cli/commands/support/token-formats.ts'
const names = 'main/cli/commands/support/typed-names.ts'
const inFormats = (test: string) => ({ file: 'test/cli/commands/token-formats.test.ts', test })
const inNames = (test: string) => ({ file: 'test/cli/commands/typed-names.test.ts', test })
const inStop = (test: string) => ({ file: 'test/cli/commands/stop.test.ts', test })
const inCompletion = (test: string) => ({
  file: 'test/cli/commands/completion.test.ts',
  test,
})

/** What scripts rely on: formats of tokens, names and errors. */
export const tokensForScripts: readonly Mutant[] = [
  {
    promise: 'a shell expands nothing in a token',
    changes: [{ file: formats, find: ".replaceAll(\"'\", `'\\\\''`)", replace: '' }],
    noticedBy: inFormats('is evaluated by a shell to the token, whatever it contains'),
  },
  {
    promise: 'a token adds no entry to netrc',
    changes: [{ file: formats, find: '!words.every(', replace: '!words.some(' }],
    noticedBy: inFormats('has no entry that a token could have added'),
  },
  {
    promise: 'netrc is refused for services that take more than one header',
    changes: [{ file: formats, find: ' || others.length > 0', replace: '' }],
    noticedBy: inFormats('is refused for a service that takes'),
  },
  {
    promise: 'a line break in a token begins no command and no header',
    changes: [{ file: formats, find: '[\\u0000-\\u001f\\u007f]', replace: '[\\u0000]' }],
    noticedBy: inFormats('a line break in a header or in a token for a shell is refused'),
  },
  {
    promise: 'a short name that several accounts have means none of them',
    changes: [{ file: names, find: 'if (meant.length > 1) {', replace: 'if (meant.length > 9) {' }],
    noticedBy: inNames('of several accounts is refused, and they are listed'),
  },
  {
    promise: 'an unknown command is an error with --help',
    changes: [
      {
        file: 'main/cli/commands/support/split-arguments.ts',
        find: 'if (isUnknown) {',
        replace: 'if (isUnknown && isGroup) {',
      },
    ],
    noticedBy: inNames('is an error: '),
  },
  {
    promise: '"tokentray stop" signals no process that may be another one',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: 'if (found.startedAt === null) {',
        replace: 'if (found.pid === 0) {',
      },
    ],
    noticedBy: inStop('signals no process that may be another one'),
  },
  {
    promise: '"tokentray stop" waits until Tokentray has stopped',
    changes: [
      {
        file: 'main/base/process/stop-process.ts',
        find: 'if (!isRunning(identity)) return',
        replace: 'return',
      },
    ],
    noticedBy: inStop('stops it in order, and ends once it has stopped'),
  },
  {
    promise: 'a completion runs nothing of the line',
    changes: [
      {
        file: 'main/cli/commands/support/completions.ts',
        find: "'  for word in $list; do',",
        replace: '\'  eval "true $current"; for word in $list; do\',',
      },
    ],
    noticedBy: inCompletion('runs nothing of the line, and no program'),
  },
  {
    promise: 'the manual page shows the text as it is',
    changes: [
      {
        file: 'main/cli/commands/support/man-page.ts',
        find: ".replace(/^\\./, '\\\\&.')",
        replace: '',
      },
    ],
    noticedBy: inCompletion('shows text as it is, also what troff would take for a request'),
  },
]
