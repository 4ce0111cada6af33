import type { Mutant } from '../mutant.ts'

/** Refusals are read in the shapes that SFTPGo, Giant Swarm and Svix use, and in no others. */
export const refusalFormats: readonly Mutant[] = [
  {
    promise: 'a name in quotes is no reason why SFTPGo says 403',
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: 'const known = WORDS.find(([words]) => words.test(own))',
        replace: 'const known = WORDS.find(([words]) => words.test(text) || words.test(own))',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'reads no reason out of the name of an account',
    },
  },
  {
    promise: 'a 403 of SFTPGo in unknown words may be a ban',
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: "  if (text.trim() !== 'Forbidden') return 'unknown'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'takes a ban, and what it does not know, for a reason to leave the server alone',
    },
  },
  {
    promise: 'no more of why SFTPGo says 403 is read than a sentence has, so that it takes no time',
    changes: [
      {
        file: 'main/providers/sftpgo/forbidden.ts',
        find: 'const text = said.slice(0, LONGEST_REASON)',
        replace: 'const text = said.slice(0, 100 * LONGEST_REASON)',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/forbidden.test.ts',
      test: 'reads no more of a reason than a sentence has, so that none takes minutes',
    },
  },
  {
    promise: 'a token that SFTPGo ends only for another address is not called revoked',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: '  if (isForAnotherAddress(answer)) throw notFromHere(values, context)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/sftpgo.test.ts',
      test: 'does not call a token gone that only cannot be ended from this address',
    },
  },
  {
    promise: 'a token that SFTPGo ends only for another address holds up no other',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: "  return new TokentrayError('not_supported', sentence, {",
        replace: "  return new TokentrayError('temporarily_unavailable', sentence, {",
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/ending-some.test.ts',
      test: 'keeps no other token of the account from being ended meanwhile',
    },
  },
  {
    promise: 'a 401 of what stands before SFTPGo says nothing of token or password',
    changes: [
      {
        file: 'main/providers/sftpgo/login.ts',
        find: "  if (isOwn(answer, 401)) return 'already_gone'",
        replace: "  if (answer.status === 401) return 'already_gone'",
      },
    ],
    noticedBy: {
      file: 'test/providers/sftpgo/sftpgo.test.ts',
      test: 'does not take the 401 of a gateway for an answer about token or password',
    },
  },
  {
    promise: 'the code in a 401 of Giant Swarm decides what it means',
    changes: [
      {
        file: 'main/providers/giantswarm/giantswarm.ts',
        find: "    case 'INVALID_CREDENTIALS':",
        replace: "    case null:\n    case 'INVALID_CREDENTIALS':",
      },
    ],
    noticedBy: {
      file: 'test/providers/giantswarm/giantswarm.test.ts',
      test: 'reads the code of a 401, and makes no sense of one that has none',
    },
  },
  {
    promise: 'Giant Swarm is left alone for TOO_MANY_REQUESTS with whatever status',
    changes: [
      {
        file: 'main/providers/giantswarm/giantswarm.ts',
        find: "if (answer.status === 429 || code === 'TOO_MANY_REQUESTS') {",
        replace: 'if (answer.status === 429) {',
      },
    ],
    noticedBy: {
      file: 'test/providers/giantswarm/giantswarm.test.ts',
      test: 'waits five minutes on TOO_MANY_REQUESTS by code or on 429 by status',
    },
  },
  {
    promise: 'a page in front of a Svix server is not its word about a route',
    changes: [
      {
        file: 'main/providers/svix/answers.ts',
        find: "return isOwnRefusal(answer) || answer.header('content-type') === undefined",
        replace: 'return true',
      },
    ],
    noticedBy: {
      file: 'test/providers/svix/generations.test.ts',
      test: 'does not take a page in front of the server for a route that is not there',
    },
  },
]
