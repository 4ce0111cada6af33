import type { Mutant } from '../mutant.ts'

const owedLines = 'main/broker/record/audit-outbox.ts'
const noticed = (test: string) => ({ file: 'test/broker/record/audit-outbox.test.ts', test })
const atStart = {
  file: 'test/compose.test.ts',
  test: 'records the events that the last run was killed before recording, and none twice',
}

/** Nothing that decides access is changed without an audit event, even with a kill or a full disk. */
export const pendingAuditEvents: readonly Mutant[] = [
  {
    promise: 'the audit event of a change is stored with it',
    changes: [
      {
        file: owedLines,
        find: 'unrecorded: owed.length > 0 ? [...unpaid, ...owed] : unpaid',
        replace: 'unrecorded: unpaid',
      },
    ],
    noticedBy: noticed('a kill before its audit line is written leaves the line to the next start'),
  },
  {
    promise: 'a start records the pending audit events of the last run',
    changes: [
      { file: owedLines, find: 'this.#pay(ports.settings.read().unrecorded ?? [])', replace: '' },
    ],
    noticedBy: noticed('blocks tokens, also after a restart'),
  },
  {
    promise: 'a recorded event is removed from the settings',
    changes: [
      {
        file: owedLines,
        find: 'for (const { id } of lines) this.#paid.add(id)\n      this.#takeOut()',
        replace: '',
      },
    ],
    noticedBy: noticed('is recorded once, and is then removed from the settings'),
  },
  {
    promise: 'the number of pending audit events is limited',
    changes: [
      {
        file: owedLines,
        find: 'unpaid.length >= MAX_OUTBOX_LINES',
        replace: 'unpaid.length >= Infinity',
      },
    ],
    noticedBy: noticed(
      'while a thousand changes are unrecorded no other change is accepted, but a lock works',
    ),
  },
  {
    promise: 'an unlock is stored with its audit event',
    changes: [
      {
        file: 'main/broker/lock.ts',
        find: 'locked: false }), by, ...events)',
        replace: 'locked: false }), by)',
      },
    ],
    noticedBy: noticed('a kill before its audit line is written leaves the line to the next start'),
  },
  {
    promise: 'an event that the last run recorded is not recorded again',
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
      "the user's actions on tokens are recorded even if the audit log could not be written at the time",
    changes: [
      {
        file: 'main/broker/token-admin/token-admin.ts',
        find: '    audit.note({\n',
        replace: '    await audit.record({\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/token-admin/token-admin.test.ts',
      test: 'reports the result even if it cannot be recorded, and records it later',
    },
  },
]
