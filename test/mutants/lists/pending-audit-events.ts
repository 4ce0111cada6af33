import type { Mutant } from '../mutant.ts'

const owedLines = 'main/broker/record/owed-lines.ts'
const noticed = (test: string) => ({ file: 'test/broker/record/owed-lines.test.ts', test })
const atStart = {
  file: 'test/compose.test.ts',
  test: 'records the events that the last run was killed before recording, and none twice',
}

/** Nothing that decides who could take what is changed without a line, also by a kill or a full disk. */
export const pendingAuditEvents: readonly Mutant[] = [
  {
    promise: 'the line of a change is stored with it',
    changes: [
      {
        file: owedLines,
        find: 'unrecorded: owed.length > 0 ? [...unpaid, ...owed] : unpaid',
        replace: 'unrecorded: unpaid',
      },
    ],
    noticedBy: noticed('a kill before the line of the record leaves it to the next start'),
  },
  {
    promise: 'a start records what the last run owed to the record',
    changes: [
      { file: owedLines, find: 'this.#pay(ports.settings.read().unrecorded ?? [])', replace: '' },
    ],
    noticedBy: noticed('keeps tokens from leaving, also after a restart'),
  },
  {
    promise: 'a line that is on record leaves the settings',
    changes: [
      {
        file: owedLines,
        find: 'for (const { id } of lines) this.#paid.add(id)\n      this.#takeOut()',
        replace: '',
      },
    ],
    noticedBy: noticed('is recorded once, and leaves the settings then'),
  },
  {
    promise: 'lines that wait for the record are bounded',
    changes: [
      { file: owedLines, find: 'unpaid.length >= MOST_OWED', replace: 'unpaid.length >= Infinity' },
    ],
    noticedBy: noticed('while a thousand changes wait for the record nothing more is changed'),
  },
  {
    promise: 'an unlocking is stored with its line',
    changes: [
      {
        file: 'main/broker/lock.ts',
        find: 'locked: false }), by, ...events)',
        replace: 'locked: false }), by)',
      },
    ],
    noticedBy: noticed('a kill before the line of the record leaves it to the next start'),
  },
  {
    promise: 'a line that the last run has written is not written again',
    changes: [
      {
        file: 'main/compose.ts',
        find: 'const unrecorded = await notOnRecord(folder, owed)',
        replace: 'await notOnRecord(folder, owed)\n    const unrecorded = owed',
      },
    ],
    noticedBy: atStart,
  },
  {
    promise:
      'what a person has done with tokens is on record also where that could not be written then',
    changes: [
      {
        file: 'main/broker/token-admin/token-admin.ts',
        find: '    audit.note({\n',
        replace: '    await audit.record({\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/token-admin/token-admin.test.ts',
      test: 'says what is done also where that cannot be recorded, and has it on record later',
    },
  },
]
