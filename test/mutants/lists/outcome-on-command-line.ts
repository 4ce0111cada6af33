import type { Mutant } from '../mutant.ts'

const controlCommands = 'main/cli/commands/control.ts'
const print = 'main/cli/terminal/print.ts'
const leaseCommands = 'main/cli/commands/active.ts'
const showAccount = 'main/cli/commands/support/show-account.ts'
const tokenCommands = 'main/cli/commands/token.ts'
const tokenIssuer = 'main/broker/lease/token-issuer.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const broker = 'main/broker/broker.ts'
const agent = 'main/agent.ts'
const inCommands = (test: string) => ({ file: 'test/cli/commands/commands.test.ts', test })
const inReset = (test: string) => ({ file: 'test/cli/commands/reset.test.ts', test })
const inAfterLogin = (test: string) => ({ file: 'test/broker/session/after-login.test.ts', test })
const inLeft = (test: string) => ({ file: 'test/broker/revocation/remaining-tokens.test.ts', test })
const inAgent = (test: string) => ({ file: 'test/agent.test.ts', test })

/** How the command line and the agent report the outcome of a token. */
export const outcomeOnCommandLine: readonly Mutant[] = [
  {
    promise:
      'the command line distinguishes revoked tokens of the last run from those that stay valid',
    changes: [
      {
        file: controlCommands,
        find: `...(until_expiry > 0 ? [\`\${until_expiry} valid until expiry\`] : []),`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'the command line does not report an expired token as revoked',
    changes: [
      {
        file: controlCommands,
        find: `...(expired > 0 ? [\`\${expired} expired\`] : []),`,
        replace: `...(expired > 0 ? [\`\${expired} revoked\`] : []),`,
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'the command line counts tokens of the last run that wait to be revoked',
    changes: [
      {
        file: controlCommands,
        find: `...(remaining > 0 ? [\`\${remaining} waiting to be revoked\`] : []),`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'status counts tokens that wait to be revoked',
    changes: [
      {
        file: print,
        find: `...(pending > 0 ? [\`\${count(pending, 'token')} waiting to be revoked\`] : []),`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'status counts tokens that stay valid until they expire',
    changes: [
      {
        file: print,
        find: `...(until_expiry > 0 ? [\`\${count(until_expiry, 'token')} valid until expiry\`] : []),`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'status counts expired tokens that are still listed',
    changes: [
      {
        file: print,
        find: `...(expired > 0 ? [\`\${count(expired, 'expired token')} waiting to be deleted\`] : []),`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'status counts sessions without a lease',
    changes: [
      {
        file: controlCommands,
        find: "...(sessions > 0 ? [count(sessions, 'session token')] : []),",
        replace: '',
      },
    ],
    noticedBy: inCommands('status tells tokens apart'),
  },
  {
    promise: 'the command line claims nothing about the last run while the ledger cannot be read',
    changes: [
      {
        file: controlCommands,
        find: `  if (state === 'waiting') return [UNKNOWN]
`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status shows the lock, the keychain, unknown tokens and notices'),
  },
  {
    promise:
      'the command line claims nothing about remaining tokens while the ledger cannot be read',
    changes: [
      {
        file: controlCommands,
        find: `  if (status.work_off.state === 'waiting') return [UNKNOWN]
`,
        replace: '',
      },
    ],
    noticedBy: inCommands('status shows the lock, the keychain, unknown tokens and notices'),
  },
  {
    promise: 'the command line claims nothing about earlier runs if no ledger is kept',
    changes: [
      {
        file: controlCommands,
        find: "if (vault.kind === 'memory') return []",
        replace: '',
      },
    ],
    noticedBy: inCommands(
      'status says that accounts are not saved in memory mode, and nothing of earlier runs',
    ),
  },
  {
    promise: 'the command line says why a token waits to be revoked',
    changes: [
      {
        file: print,
        find: `return \`\${what}\${reason}\${next}\``,
        replace: `return \`\${what}.\${next}\``,
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line says when a revocation is retried',
    changes: [
      {
        file: print,
        find: `return \`\${what}\${reason}\${next}\``,
        replace: `return \`\${what}\${reason}\``,
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line says that a revocation is in progress',
    changes: [
      {
        file: print,
        find: `return retryAt * 1000 < now + 1000 ? 'Retrying now.' : \`Retrying \${when(retryAt, now)}.\``,
        replace: `return \`Retrying \${when(retryAt, now)}.\``,
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line promises no retry after a token has expired',
    changes: [
      {
        file: print,
        find: 'endsAt !== undefined && endsAt * 1000 > now && retryAt >= endsAt',
        replace: 'endsAt === 0',
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line says that an expired token is only still listed',
    changes: [
      {
        file: print,
        find: `const what = expired
`,
        replace: `const what = expired === undefined
`,
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line says until when an unrevocable token is valid',
    changes: [
      {
        file: print,
        find: `? \`valid until it \${expiry(ends_at, now)}\${reason}\``,
        replace: `? \`valid until it expires\${reason}\``,
      },
    ],
    noticedBy: inCommands('logout prints its state'),
  },
  {
    promise: 'the command line names the tool of a token that stays valid',
    changes: [
      {
        file: leaseCommands,
        find: `return name === 'you' ? 'your token' : \`token of \${name}\``,
        replace: "return 'token'",
      },
    ],
    noticedBy: inCommands('is counted by "active", and listed by "active --all"'),
  },
  {
    promise: 'the list of leases says how many tokens stay valid without one',
    changes: [
      {
        file: leaseCommands,
        find: 'screen.note(describeOthers(answer, others))',
        replace: "screen.note('')",
      },
    ],
    noticedBy: inCommands('is counted by "active", and listed by "active --all"'),
  },
  {
    promise: 'the full list includes the tokens that stay valid',
    changes: [
      {
        file: leaseCommands,
        find: `      ...lingering.map(
        (token) =>
          [
`,
        replace: `      ...lingering.slice(1).map(
        (token) =>
          [
`,
      },
    ],
    noticedBy: inCommands('is counted by "active", and listed by "active --all"'),
  },
  {
    promise: 'the list of leases reports tokens that outlive them',
    changes: [
      {
        file: leaseCommands,
        find: 'const areOutlived = leases.some((lease) => lease.token_ends_at !== undefined)',
        replace: 'const areOutlived = false',
      },
    ],
    noticedBy: inCommands('active tokens that stay valid afterwards are marked, with the reason'),
  },
  {
    promise: 'an account shows its tokens that stay valid',
    changes: [
      {
        file: showAccount,
        find: `    ...(others.length === 0 ? [] : [fact('other tokens', others.join(', '))]),
`,
        replace: '',
      },
    ],
    noticedBy: inCommands('is shown by "accounts show"'),
  },
  {
    promise: 'revoking the last token of an account that needs a code tells the user to log in',
    changes: [
      {
        file: leaseCommands,
        find: '.filter((lease) => lease.needs_login)',
        replace: '.filter((lease) => lease.needs_login === undefined)',
      },
    ],
    noticedBy: inCommands(
      'revoking the token of an account that cannot log in by itself asks the user to log in',
    ),
  },
  {
    promise: 'revoking a session without a lease tells the user to log in',
    changes: [
      {
        file: leaseCommands,
        find: 'const spent = [...leases, ...sessions]',
        replace: 'const spent = [...leases]',
      },
    ],
    noticedBy: inCommands('is named by "revoke --all", also if a login is needed afterwards'),
  },
  {
    promise: 'a reset names the tokens that stay valid',
    changes: [
      {
        file: controlCommands,
        find: `      await printLeft(api, context)
`,
        replace: '',
      },
    ],
    noticedBy: inReset('prints the state of each token that could not be revoked'),
  },
  {
    promise: 'the command line does not report a token as valid that has expired by our clock',
    changes: [{ file: print, find: 'return ends_at * 1000 > now', replace: 'return true' }],
    noticedBy: {
      file: 'test/cli/terminal/print.test.ts',
      test: 'what has expired by our clock is not said to be valid',
    },
  },
  {
    promise: 'the lists claim nothing while the keychain cannot be read',
    changes: [
      {
        file: leaseCommands,
        find: 'if (answer.not_known) screen.note(NOT_KNOWN)',
        replace: '',
      },
    ],
    noticedBy: inCommands('claims nothing while the keychain cannot be read'),
  },
  {
    promise: 'the command line warns of a shorter validity than requested, and only then',
    changes: [
      {
        file: tokenCommands,
        find: "const shortfall = minValidity === undefined ? '' : ', less than requested'",
        replace: "const shortfall = ', less than requested'",
      },
    ],
    noticedBy: inCommands('says only how long the token is valid if nothing was requested'),
  },
  {
    promise: 'without an explicit validity there is no warning about the longest possible lease',
    changes: [
      {
        file: tokenIssuer,
        find: '(minValiditySeconds === undefined && isYoung(lease))',
        replace: 'false',
      },
    ],
    noticedBy: inAfterLogin('seconds that is as good as possible'),
  },
  {
    promise: 'a request for more validity than a lease has is reported as unmet',
    changes: [
      {
        file: tokenIssuer,
        find: 'minValiditySeconds === undefined && isYoung(lease)',
        replace: 'isYoung(lease)',
      },
    ],
    noticedBy: inAfterLogin('seconds that is as good as possible'),
  },
  {
    promise: 'a quit says that the next start continues only if it does',
    changes: [{ file: revoker, find: ' || !this.#ports.ledger.isPersistent', replace: '' }],
    noticedBy: inLeft('promises no retry if no list of tokens is kept'),
  },
  {
    promise: "the agent prints the outcomes of the last run's tokens",
    changes: [
      {
        file: broker,
        find: '{ revoked, expired, valid_until_expiry: untilExpiry }',
        replace: '{ revoked: revoked + untilExpiry, expired }',
      },
    ],
    noticedBy: inAgent("prints the outcomes of the last run's tokens, each with its number"),
  },
  {
    promise: 'the agent prints which service is in backoff',
    changes: [{ file: agent, find: 'Nothing is sent there until then.', replace: '' }],
    noticedBy: inAgent('prints which service is in backoff, and that nothing is sent there'),
  },
  {
    promise: 'the agent prints why an account needs a login',
    changes: [
      {
        file: agent,
        find: `reason ? \`: \${reason.sentence}\` : '.'`,
        replace: "reason ? '.' : '.'",
      },
    ],
    noticedBy: inAgent('prints which account needs a login, why, and the command'),
  },
]
