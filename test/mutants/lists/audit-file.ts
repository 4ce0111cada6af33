import type { Mutant } from '../mutant.ts'

const auditFile = 'main/audit/writing/audit-file.ts'
const mending = 'main/audit/writing/audit-mending.ts'
const appendFile = 'main/base/files/append-file.ts'
const noticed = (test: string) => ({ file: 'test/audit/reading/audit-others.test.ts', test })
const inReader = (test: string) => ({ file: 'test/audit/reading/audit-reader.test.ts', test })
const inSettings = (test: string) => ({ file: 'test/settings/conf-settings.test.ts', test })
const inLines = (test: string) => ({ file: 'test/base/files/append-file.test.ts', test })

/** The audit log is always found under its name, whatever other programs do with it, and loses nothing. */
export const auditFileMutants: readonly Mutant[] = [
  {
    promise: 'no line is written to an audit log that was removed',
    changes: [{ file: auditFile, find: "if (found === 'gone')", replace: 'if (false)' }],
    noticedBy: noticed('continues in a new, readable file, reports it, and keeps counting'),
  },
  {
    promise: 'the error names what blocks the audit log',
    changes: [
      { file: 'main/audit/audit-files.ts', find: '    requireRegularFile(file)\n', replace: '' },
      {
        file: 'main/audit/audit-files.ts',
        find: 'import { refuseLink, requireRegularFile }',
        replace: 'import { refuseLink }',
      },
    ],
    noticedBy: {
      file: 'test/audit/writing/audit-file.test.ts',
      test: 'reports what is in place of its file and is not one',
    },
  },
  {
    promise: 'foreign content in the audit log hides nothing before it',
    changes: [
      {
        file: 'main/audit/audit-files.ts',
        find: 'Number.isSafeInteger(value) && Number(value) > 0',
        replace: 'Number.isSafeInteger(value)',
      },
    ],
    noticedBy: inReader('goes on behind a page that ends at a line with '),
  },
  {
    promise: 'a line longer than any of ours hides nothing before it',
    changes: [
      {
        file: 'main/audit/lines-backwards.ts',
        find: 'if (rest && head.length + rest.length <= LONGEST_BYTES)',
        replace: 'if (rest)',
      },
    ],
    noticedBy: inReader('goes on behind a page that ends at a line with '),
  },
  {
    promise: 'a link instead of the audit log counts as another file',
    changes: [
      {
        file: appendFile,
        find: 'const here = lstatSync(',
        replace: 'const here = statSync(',
      },
      { file: appendFile, find: '  readSync,\n', replace: '  readSync,\n  statSync,\n' },
    ],
    noticedBy: noticed('records nothing while it cannot create a file, and continues once it can'),
  },
  {
    promise: 'a truncated audit log says so',
    changes: [{ file: auditFile, find: "if (found === 'cut')", replace: 'if (false)' }],
    noticedBy: noticed('reports that it was truncated'),
  },
  {
    promise: 'a number in a replaced audit log is not reused',
    changes: [
      {
        file: auditFile,
        find: 'this.#file.reopen(this.#prepareFile().firstNumber)',
        replace: 'this.#prepareFile()\n      this.#file.reopen()',
      },
    ],
    noticedBy: noticed('repeats no number that is in that file'),
  },
  {
    promise: 'a file that is not an audit log is kept on start',
    changes: [
      {
        file: mending,
        find: "if (state === 'broken') return setAside(file, clock)",
        replace: '',
      },
    ],
    noticedBy: noticed('is kept under another name where it is one'),
  },
  {
    promise: 'a complete last line without a line break is kept',
    changes: [{ file: mending, find: "if (isLine(last)) return 'open'", replace: '' }],
    noticedBy: noticed('keeps a complete last line that lacks only its newline'),
  },
  {
    promise: 'a notice says that an unreadable audit log was kept',
    changes: [
      {
        file: 'main/compose.ts',
        find: 'const notices: string[] = [...audit.notices]',
        replace: 'const notices: string[] = []',
      },
    ],
    noticedBy: {
      file: 'test/compose.test.ts',
      test: 'reports that an unreadable audit log was kept',
    },
  },
  {
    promise: 'an incomplete foreign line does not corrupt ours',
    changes: [
      {
        file: appendFile,
        find: "return last[0] === NEWLINE ? '' : '\\n'",
        replace: "return ''",
      },
    ],
    noticedBy: inLines('starts a new line after half a line that another program has written'),
  },
  {
    promise: 'no settings change is written to a file that was moved away',
    changes: [
      {
        file: 'main/settings/changes-file.ts',
        find: ' || !isSameFile(this.path, this.#open.fd))',
        replace: ')',
      },
    ],
    noticedBy: inSettings('continue if a file was deleted'),
  },
  {
    promise: 'settings changes joined on one line are kept',
    changes: [
      {
        file: 'main/settings/changes-file.ts',
        find: 'const isTorn = /\\p{Cc}/u.test(unfinished)',
        replace: 'const isTorn = false',
      },
    ],
    noticedBy: inSettings('under another name, say so, and use what was before'),
  },
  {
    promise: "the audit log's numbers continue after foreign content",
    changes: [
      {
        file: 'main/audit/audit-files.ts',
        find: 'Buffer.alloc(Math.min(size, TAIL_BYTES))',
        replace: 'Buffer.alloc(Math.min(size, LONGEST_LINE_BYTES))',
      },
    ],
    noticedBy: {
      file: 'test/audit/reading/audit-others.test.ts',
      test: 'keeps counting after foreign content of any length',
    },
  },
]
