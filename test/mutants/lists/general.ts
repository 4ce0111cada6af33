import { changeIn, type Mutant } from '../mutant.ts'

const some = {
  file: 'test/loopback/management/ending-some.test.ts',
  test: 'closes what it names, ',
}
const routes = 'main/loopback/management/owner-routes.ts'

const secret = 'main/base/secret.ts'
const prints = (test: string) => ({ file: 'test/base/secret.test.ts', test })
const masks = (shown: string) => ({
  file: 'test/providers/wire/redact-command-line.test.ts',
  test: shown,
})

const shown = (where: string, find: string, replace: string): Mutant =>
  changeIn(
    'main/providers/wire/redact-command-line.ts',
    'test/providers/wire/redact-command-line.test.ts',
  )(`a password is masked in a command line ${where}`, find, replace, 'makes of')

/** A secret is never shown by accident. */
const secrets: readonly Mutant[] = [
  {
    promise: 'a secret in a template string is masked',
    changes: [
      {
        file: secret,
        find: '  [Symbol.toPrimitive](): string {\n    return PRINTED',
        replace: '  [Symbol.toPrimitive](): string {\n    return this.#value',
      },
    ],
    noticedBy: prints('prints as a placeholder'),
  },
  {
    promise: 'a secret in JSON is masked',
    changes: [
      {
        file: secret,
        find: '  toJSON(): string {\n    return PRINTED',
        replace: '  toJSON(): string {\n    return this.#value',
      },
    ],
    noticedBy: prints('prints as a placeholder wherever objects are printed'),
  },
  {
    promise: 'an inspected secret is masked',
    changes: [
      {
        file: secret,
        find: '  [inspect.custom](): string {\n    return PRINTED',
        replace: '  [inspect.custom](): string {\n    return this.#value',
      },
    ],
    noticedBy: prints('prints as a placeholder wherever objects are printed'),
  },
  {
    promise: 'a password attached to its option is masked in a command line',
    changes: [
      {
        file: 'main/providers/wire/redact-command-line.ts',
        find: 'if (SHORT.test(argument) && argument.length > 2) ',
        replace: 'if (SHORT.test(argument) && argument.length > 99) ',
      },
    ],
    noticedBy: masks('makes of'),
  },
  shown('after --user, as in "--user bob:password"', '|user(?!name)/i', '/i'),
  shown(
    'in the middle of a form',
    'if (/[\\s=:]/.test(argument) && (',
    'if (/[\\s]/.test(argument) && (',
  ),
  shown('before a host', '  if (USER_INFO.test(argument)) return MASK\n', ''),
]

/** A request for some leases affects only those. */
export const general: readonly Mutant[] = [
  {
    promise: 'closing the leases of one account leaves those of other accounts open',
    changes: [
      {
        file: routes,
        find: 'await broker.revokeAll(wide, cliClient)',
        replace: 'await broker.revokeAll({}, cliClient)',
      },
    ],
    noticedBy: some,
  },
  {
    promise: 'closing one lease leaves the others open',
    changes: [
      {
        file: routes,
        find: 'broker.closeLeases({ id }, cliClient)',
        replace: 'broker.closeLeases({}, cliClient)',
      },
    ],
    noticedBy: some,
  },
  {
    promise: 'closing the leases of one client leaves those of others open',
    changes: [
      {
        file: 'main/broker/revoke-on-demand.ts',
        find: "return await this.#run(leases.list({ client: client.id }), issued, { by, cause: 'asked' })",
        replace: "return await this.#run(leases.list(), issued, { by, cause: 'asked' })",
      },
    ],
    noticedBy: some,
  },
  {
    promise: 'other users can use only a few of the connections',
    changes: [
      {
        file: 'main/loopback/http/limit-other-users.ts',
        find: 'if (others.size >= most)',
        replace: 'if (others.size >= 100 * most)',
      },
    ],
    noticedBy: {
      file: 'test/flows/other-users.test.ts',
      test: 'cannot lock the owner out by exhausting the connections, and keeps only a few',
    },
  },
  ...secrets,
  {
    promise: "the owner key is not sent to another user's server",
    changes: [
      {
        file: 'main/cli/api/own-server.ts',
        find: 'if (owner === uid) return socket',
        replace: 'if (owner !== null) return socket',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/connect.test.ts',
      test: 'is sent nothing, although it was ours when it was looked at',
    },
  },
  {
    promise: 'a process that holds secrets opens no debugger on a signal',
    changes: [
      {
        file: 'main/base/process/harden-process.ts',
        find: "  node.on('SIGUSR1', () => undefined)\n",
        replace: '',
      },
    ],
    noticedBy: { file: 'test/base/process/harden-process.test.ts', test: 'opens no debugger' },
  },
  changeIn('main/agent.ts', 'test/flows/process-hardening.test.ts')(
    'the agent opens no debugger, and no file for other users',
    '  hardenProcess(process)\n',
    '',
    'opens no debugger on a signal, and keeps running',
  ),
  changeIn('main/cli/commands/tokens.ts', 'test/cli/commands/support/usage.test.ts')(
    'a token is not revoked without confirmation, even with --json',
    'if (!yes) await confirmToken(',
    'if (!yes && !json) await confirmToken(',
    'also for a program that wants JSON',
  ),
  changeIn('main/cli/commands/operations.ts', 'test/cli/commands/support/usage.test.ts')(
    'tokens are not all revoked without confirmation, even with --json',
    'await confirmAll(account, hits, options, context)',
    'if (!options.json) await confirmAll(account, hits, options, context)',
    'also for a program that wants JSON',
  ),
  changeIn('main/cli/index.ts', 'test/cli/built.test.ts')(
    'output is complete even if the command only partly succeeded',
    'Promise.all([process.stdout, process.stderr].map(flush))',
    'flush(process.stderr)',
    'is complete, even if not everything was revoked',
  ),
  changeIn('main/cli/index.ts', 'test/cli/built.test.ts')(
    'a following command exits when its reader is gone',
    '    outputEnded.abort()\n',
    '',
    'exits silently when its output is closed',
  ),
  changeIn('main/cli/index.ts', 'test/cli/built.test.ts')(
    'Ctrl-C stops a following command',
    'const outputEnded = new AbortController()\n',
    "const outputEnded = new AbortController()\nprocess.on('SIGINT', () => undefined)\n",
    'that is followed ends on Ctrl-C, after printing new lines',
  ),
  changeIn('main/cli/index.ts', 'test/cli/built.test.ts')(
    'a reader that closes the pipe is not a failure',
    "outputFailure.code === 'EPIPE'",
    "outputFailure.code === ''",
    'exits silently when its output is closed',
  ),
  changeIn('main/compose.ts', 'test/flows/in-memory.test.ts')(
    'a run without the keychain treats no account of the last run as logged in',
    '    if (memory) forgetLogins(broker.settings, clock.now())\n',
    '',
    'knows on its next start that no account is logged in any more, and why',
  ),
]
