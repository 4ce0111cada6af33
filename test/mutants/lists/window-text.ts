import type { Mutant } from '../mutant.ts'

const revoker = 'renderer/text/endings.ts'
const inEndings = (test: string) => ({ file: 'test/renderer/endings.test.ts', test })

/** The window's texts claim no more about a token than is known. */
export const windowText: readonly Mutant[] = [
  {
    promise: 'the window says until when an unrevocable token is valid',
    changes: [
      { file: revoker, find: "if (atService === 'until_expiry') {", replace: 'if (false) {' },
    ],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the window says that a token never expires',
    changes: [
      {
        file: revoker,
        find: 'valid and never expires:',
        replace: 'valid for now:',
      },
    ],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the window does not call a token valid that has expired by our clock',
    changes: [{ file: revoker, find: 'if (endsAt <= now) return', replace: 'if (false) return' }],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the message after a revocation does not call an expired token valid',
    changes: [{ file: revoker, find: 'if (ends <= now) return', replace: 'if (false) return' }],
    noticedBy: inEndings('are not said to be valid of what has expired by our clock'),
  },
  {
    promise: 'the window says when a pending revocation is retried',
    changes: [
      { file: revoker, find: "retryAt === undefined ? '' :", replace: "retryAt !== 0 ? '' :" },
    ],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the window promises no retry after a token has expired',
    changes: [
      {
        file: revoker,
        find: 'if (endsAt !== undefined && endsAt > now && retryAt >= endsAt) {',
        replace: 'if (false) {',
      },
    ],
    noticedBy: inEndings('is promised no try for after its end'),
  },
  {
    promise: 'the window does not call an expired token valid',
    changes: [
      {
        file: revoker,
        find: 'endsAt !== undefined && endsAt > now && retryAt >= endsAt',
        replace: 'endsAt !== undefined && retryAt >= endsAt',
      },
    ],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the window says that an expired token only waits to be deleted',
    changes: [
      {
        file: revoker,
        find: "expired ? 'expired, waiting to be deleted at the service' : 'waiting to be revoked'",
        replace: "'waiting to be revoked'",
      },
    ],
    noticedBy: inEndings('is said in the words for it'),
  },
  {
    promise: 'the window says that a session cannot be revoked',
    changes: [
      {
        file: revoker,
        find: `  if (!revocable) return \`\${end}; \${who}; nothing can revoke it.\`
`,
        replace: '',
      },
    ],
    noticedBy: inEndings('is told with its end, who may have it, and how it ends'),
  },
  {
    promise: "the window says whether a tool may hold a session's token",
    changes: [
      {
        file: revoker,
        find: "mayBeOut ? 'a tool may have it' : 'no tool has it'",
        replace: "'no tool has it'",
      },
    ],
    noticedBy: inEndings('is told with its end, who may have it, and how it ends'),
  },
  {
    promise: 'the window does not count a session that no tool has as revoked with all leases',
    changes: [
      {
        file: revoker,
        find: "mayBeOut ? 'when all leases are ended, ' : ''",
        replace: "'when all leases are ended, '",
      },
    ],
    noticedBy: inEndings('is told with its end, who may have it, and how it ends'),
  },
  {
    promise: 'the confirmation says that revoking a session without a lease needs a login',
    changes: [
      {
        file: revoker,
        find: "needsCode && (leaseKind === 'shared' || out.has(id)),",
        replace: "needsCode && leaseKind === 'shared',",
      },
    ],
    noticedBy: inEndings('is no new token without a login where the session that ends took a code'),
  },
  {
    promise: 'the window requests no login if the session stays',
    changes: [
      {
        file: revoker,
        find: "needsCode && (leaseKind === 'shared' || out.has(id)),",
        replace: 'needsCode,',
      },
    ],
    noticedBy: inEndings('is nothing for an account whose session stays, or that needs no code'),
  },
  {
    promise: 'the window requests no login for an account whose session no tool has',
    changes: [
      { file: revoker, find: 'sessions.filter(({ mayBeOut }) => mayBeOut)', replace: 'sessions' },
    ],
    noticedBy: inEndings('is nothing for an account whose session stays, or that needs no code'),
  },
  {
    promise: 'the window states each reason why tokens stay valid',
    changes: [
      {
        file: revoker,
        find: 'const group = leases.filter(({ why }) => why === reason)',
        replace: 'const group = leases',
      },
    ],
    noticedBy: inEndings('is called revoked only where the service has done it'),
  },
  {
    promise: 'the window does not call a pending token revoked',
    changes: [
      {
        file: revoker,
        find: `return \`\${subject} \${is} waiting to be revoked\${why}\``,
        replace: `return \`\${subject} \${was} revoked.\``,
      },
    ],
    noticedBy: inEndings('is called revoked only where the service has done it'),
  },
  {
    promise: 'the window does not call an unrevocable token revoked',
    changes: [
      {
        file: revoker,
        find: `? \`\${subject} \${is} valid until \${it} \${expires}\${last}\${why}\``,
        replace: `? \`\${subject} \${was} revoked.\``,
      },
    ],
    noticedBy: inEndings('is called revoked only where the service has done it'),
  },
  {
    promise: 'the window names the account whose session ended, not a tool',
    changes: [
      {
        file: revoker,
        find: 'if (first.client === undefined) return',
        replace: "if (first.client === '') return",
      },
    ],
    noticedBy: inEndings('of a session without a lease names its account, not a tool'),
  },
  {
    promise: 'the window says afterwards which account issues no new tokens',
    changes: [
      {
        file: revoker,
        find: `    ...[...new Set(spent)].map((id) => \`\${id} gives no new tokens before you log in again.\`),
`,
        replace: '',
      },
    ],
    noticedBy: inEndings('says once which account gives no new tokens any more'),
  },
]
