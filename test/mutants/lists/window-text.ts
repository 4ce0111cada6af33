import type { Mutant } from '../mutant.ts'

const revoker = 'renderer/text/revocation.ts'
const inEndings = (test: string) => ({ file: 'test/renderer/revocation.test.ts', test })

/** The window's texts claim no more about a token than is known. */
export const windowText: readonly Mutant[] = [
  {
    promise: 'the window says until when an unrevocable token is valid',
    changes: [
      { file: revoker, find: "if (atService === 'until_expiry') {", replace: 'if (false) {' },
    ],
    noticedBy: inEndings('is described'),
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
    noticedBy: inEndings('is described'),
  },
  {
    promise: 'the window does not call a token valid that has expired by our clock',
    changes: [{ file: revoker, find: 'if (endsAt <= now) return', replace: 'if (false) return' }],
    noticedBy: inEndings('is described'),
  },
  {
    promise: 'the message after a revocation does not call an expired token valid',
    changes: [{ file: revoker, find: 'if (ends <= now) return', replace: 'if (false) return' }],
    noticedBy: inEndings('does not say valid of a token that has expired by our clock'),
  },
  {
    promise: 'the window says when a pending revocation is retried',
    changes: [
      { file: revoker, find: "retryAt === undefined ? '' :", replace: "retryAt !== 0 ? '' :" },
    ],
    noticedBy: inEndings('is described'),
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
    noticedBy: inEndings('is not promised a try after it expires'),
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
    noticedBy: inEndings('is described'),
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
    noticedBy: inEndings('is described'),
  },
  {
    promise: 'the window says that a session cannot be revoked',
    changes: [
      {
        file: revoker,
        find: `  if (!revocable) return \`\${end} \${who} The service cannot revoke it.\`
`,
        replace: '',
      },
    ],
    noticedBy: inEndings('is described with its expiry, who may have it and what revokes it'),
  },
  {
    promise: "the window says whether a tool may hold a session's token",
    changes: [
      {
        file: revoker,
        find: "mayBeOut ? 'A tool may have it.' : 'No tool has it.'",
        replace: "'No tool has it.'",
      },
    ],
    noticedBy: inEndings('is described with its expiry, who may have it and what revokes it'),
  },
  {
    promise: 'the window does not count a session that no tool has as revoked with all leases',
    changes: [
      {
        file: revoker,
        find: "mayBeOut ? 'revoke all active tokens, ' : ''",
        replace: "'revoke all active tokens, '",
      },
    ],
    noticedBy: inEndings('is described with its expiry, who may have it and what revokes it'),
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
    noticedBy: inEndings(
      'is that tools get no tokens without a login if the revoked session took a code',
    ),
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
    noticedBy: inEndings('says revoked only if the service has done it, and gives each reason'),
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
    noticedBy: inEndings('says revoked only if the service has done it, and gives each reason'),
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
    noticedBy: inEndings('says revoked only if the service has done it, and gives each reason'),
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
    noticedBy: inEndings('names the account of a session token without a lease'),
  },
  {
    promise: 'the window says afterwards which account issues no new tokens',
    changes: [
      {
        file: revoker,
        find: `    ...[...new Set(spent)].map((id) => \`Tools get no new tokens for \${id} until you log in again.\`),
`,
        replace: '',
      },
    ],
    noticedBy: inEndings('says once for which account tools get no new tokens'),
  },
]
