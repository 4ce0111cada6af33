import type { Mutant } from '../mutant.ts'

const left = 'main/broker/revocation/remaining-tokens.ts'
const life = 'main/desktop/lifecycle.ts'
const agent = 'main/agent.ts'
const inLeft = (test: string) => ({ file: 'test/broker/revocation/remaining-tokens.test.ts', test })
const inLife = (test: string) => ({ file: 'test/desktop/lifecycle.test.ts', test })
const inMemory = (test: string) => ({ file: 'test/flows/in-memory.test.ts', test })

/** A quit reports which tokens are left, until when they are valid, and what happens to them. */
export const quit: readonly Mutant[] = [
  {
    promise: 'a quit reports tokens that wait to be revoked',
    changes: [{ file: left, find: '...(pending > 0 ? [waits] : []), ', replace: '' }],
    noticedBy: inLeft(
      'says until when tokens that wait to be revoked are valid, and that the next start retries',
    ),
  },
  {
    promise: 'a quit reports unrevocable tokens',
    changes: [{ file: left, find: ', ...(untilExpiry > 0 ? [lives] : [])', replace: '' }],
    noticedBy: inLeft('promises no retry if no list of tokens is kept'),
  },
  {
    promise: 'a quit says that the next start retries',
    changes: [{ file: left, find: ' The next start tries again.`', replace: '`' }],
    noticedBy: inLeft(
      'says until when tokens that wait to be revoked are valid, and that the next start retries',
    ),
  },
  {
    promise: 'a quit promises no retry for unrevocable tokens',
    changes: [
      {
        file: left,
        find: 'body: validity(untilExpiry, untilExpiryEndsAt, now),',
        replace: `body: \`\${validity(untilExpiry, untilExpiryEndsAt, now)} The next start tries again.\`,`,
      },
    ],
    noticedBy: inLeft('promises no retry if no list of tokens is kept'),
  },
  {
    promise: 'the tray app reports on quit which tokens are left',
    changes: [
      {
        file: life,
        find: 'const notices = describeRemaining(left, clock.now()).map((each) => say(ports, each))',
        replace: 'const notices = describeRemaining(left, clock.now()).map(() => undefined)',
      },
    ],
    noticedBy: inLife(
      'reports for each kind of remaining tokens how many there are, and until when they are valid',
    ),
  },
  {
    promise: 'the tray app reports on quit if it does not know which tokens are left',
    changes: [
      {
        file: left,
        find: 'if (left === null) return [NOT_KNOWN]',
        replace: 'if (left === null) return []',
      },
    ],
    noticedBy: inLife('happens within 9 s even if the stop hangs'),
  },
  {
    promise: 'a stop takes no longer than 10 s even if it hangs',
    changes: [
      {
        file: 'main/broker/stop-in-time.ts',
        find: 'return withDeadline(stop(revokingMs), { clock, ms: latestMs, late }).catch',
        replace: 'void late\n  return stop(revokingMs).catch',
      },
      {
        file: 'main/broker/stop-in-time.ts',
        find: 'latestMs: 9_000',
        replace: 'latestMs: 10_000',
      },
    ],
    noticedBy: inLife('happens within 9 s even if the stop hangs'),
  },
  {
    promise: 'an incomplete response does not prevent a revocation',
    changes: [
      {
        file: 'main/compose.ts',
        find: 'loopback.close(deadlineMs / 3)',
        replace: 'loopback.close(deadlineMs)',
      },
    ],
    noticedBy: {
      file: 'test/compose.test.ts',
      test: 'has time to revoke all tokens when a response never completes',
    },
  },
  {
    promise: 'a tray app exits despite a hanging call',
    changes: [
      {
        file: 'main/base/process/end-process.ts',
        find: 'waited >= GRACE_MS',
        replace: 'waited < 0',
      },
      {
        file: 'main/index.ts',
        find: '...{ killIfStuck, failed,',
        replace: '...{ killIfStuck: async () => {}, failed,',
      },
    ],
    noticedBy: {
      file: 'test/flows/desktop-failures.test.ts',
      test: 'can be quit while a disk does not respond, once its tokens are revoked',
    },
  },
  {
    promise: 'the tray app does not exit while a system call could block it',
    changes: [{ file: life, find: '    await ports.killIfStuck()\n', replace: '' }],
    noticedBy: inLife(
      'waits once for blocked system calls at the end, after notifications and hiding everything',
    ),
  },
  {
    promise: 'a second quit does not bypass the wait for a system call',
    changes: [
      {
        file: life,
        find: "    await ports.killIfStuck()\n    state = 'over'",
        replace: "    state = 'over'\n    await ports.killIfStuck()",
      },
    ],
    noticedBy: inLife(
      'waits once for blocked system calls at the end, after notifications and hiding everything',
    ),
  },
  {
    promise: 'the agent reports on exit which tokens are left',
    changes: [
      {
        file: agent,
        find: 'of describeRemaining(left, broker.clock.now()))',
        replace: 'of describeRemaining({ pending: 0, untilExpiry: 0, ...(left && {}) }, 0))',
      },
    ],
    noticedBy: inMemory('says on exit how long the tokens stay valid that it could not revoke'),
  },
  {
    promise: 'the agent reports on exit until when the remaining tokens are valid',
    changes: [
      {
        file: agent,
        find: `say(\`\${title}. \${body}\`)`,
        replace: `say(body ? \`\${title}.\` : title)`,
      },
    ],
    noticedBy: inMemory('says on exit how long the tokens stay valid that it could not revoke'),
  },
]
