import type { Mutant } from '../mutant.ts'

/** Refusals are recognized in the formats of SFTPGo, Giant Swarm and Svix, and in no others. */
export const refusalFormats: readonly Mutant[] = [
  {
    promise: "a quoted name is not SFTPGo's reason for a 403",
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: 'const known = WORDS.find(([words]) => words.test(own))',
        replace: 'const known = WORDS.find(([words]) => words.test(text) || words.test(own))',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'does not read a reason from the name of an account',
    },
  },
  {
    promise: 'a 403 of SFTPGo with an unknown message may be a ban',
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: "  if (text.trim() !== 'Forbidden') return 'unknown'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'stops calling the server for a ban and an unknown reason',
    },
  },
  {
    promise: "only a sentence of SFTPGo's reason for a 403 is read, to bound the time it takes",
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: 'const text = said.slice(0, LONGEST_REASON)',
        replace: 'const text = said.slice(0, 100 * LONGEST_REASON)',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'reads only the start of a reason, so that matching is fast',
    },
  },
  {
    promise: 'a token that SFTPGo revokes only for another address is not reported as revoked',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: '  if (isForAnotherAddress(response)) throw onlyFromItsAddress(values, context)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/sftpgo.test.ts',
      test: 'does not report a token as gone that cannot be revoked from this address',
    },
  },
  {
    promise: 'a token that SFTPGo revokes only for another address delays no other',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: "  return new TokentrayError('not_supported', sentence, {",
        replace: "  return new TokentrayError('temporarily_unavailable', sentence, {",
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/ending-some.test.ts',
      test: 'does not keep other tokens of the account from being revoked',
    },
  },
  {
    promise: 'a 401 of a proxy in front of SFTPGo says nothing about token or password',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: "  if (isServiceError(response, 401)) return 'already_gone'",
        replace: "  if (response.status === 401) return 'already_gone'",
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/sftpgo.test.ts',
      test: 'does not take the 401 of a gateway for an answer about token or password',
    },
  },
  {
    promise: 'the code in a Giant Swarm 401 decides its meaning',
    changes: [
      {
        file: 'main/providers/giantswarm/giantswarm.ts',
        find: "    case 'INVALID_CREDENTIALS':",
        replace: "    case null:\n    case 'INVALID_CREDENTIALS':",
      },
    ],
    noticedBy: {
      file: 'test/providers/giantswarm/giantswarm.test.ts',
      test: 'reads the code of a 401, and refuses one without a code',
    },
  },
  {
    promise: 'TOO_MANY_REQUESTS from Giant Swarm triggers backoff with any status',
    changes: [
      {
        file: 'main/providers/giantswarm/giantswarm.ts',
        find: "if (response.status === 429 || code === 'TOO_MANY_REQUESTS') {",
        replace: 'if (response.status === 429) {',
      },
    ],
    noticedBy: {
      file: 'test/providers/giantswarm/giantswarm.test.ts',
      test: 'waits five minutes on TOO_MANY_REQUESTS by code or on 429 by status',
    },
  },
  {
    promise: 'a page of a proxy in front of Svix is not its answer about a route',
    changes: [
      {
        file: 'main/providers/svix/answers.ts',
        find: "return isServiceError(response) || response.header('content-type') === undefined",
        replace: 'return true',
      },
    ],
    noticedBy: {
      file: 'test/providers/svix/generations.test.ts',
      test: 'does not take the page of a gateway for a missing route',
    },
  },
]
