import type { Mutant } from '../mutant.ts'

const sftpgoForbidden = 'main/providers/sftpgo/forbidden.ts'
const hosts = 'main/broker/service/hosts.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const broker = 'main/broker/broker.ts'
const throttle = 'main/broker/concurrency/backoff.ts'
const inHostsSftpgo = (test: string) => ({ file: 'test/broker/service/hosts-sftpgo.test.ts', test })
const inSftpgoForbidden = (test: string) => ({
  file: 'test/providers/sftpgo/forbidden.test.ts',
  test,
})
const inSilentHost = (test: string) => ({
  file: 'test/loopback/management/silent-host.test.ts',
  test,
})
const inHosts = (test: string) => ({ file: 'test/broker/service/hosts.test.ts', test })

/** Which responses put a host in backoff, for how long, and how that is reported. */
export const silenceRules: readonly Mutant[] = [
  {
    promise: 'the request that discovers an SFTPGo ban is counted',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'const BAN_MS = 31 * 60_000 + EACH_ADDS_MS',
        replace: 'const BAN_MS = 31 * 60_000',
      },
    ],
    noticedBy: inHostsSftpgo(
      'the one request that detects a ban is counted, also by the next start',
    ),
  },
  {
    promise: 'each of our requests that extends a ban is counted',
    changes: [
      {
        file: hosts,
        find: 'known && said.eachAddsMs ? known.lifetime.remainingMs + said.eachAddsMs : 0',
        replace: '0',
      },
    ],
    noticedBy: inHostsSftpgo(
      'an SFTPGo ban is over at the first try after the wait, including what our own requests added',
    ),
  },
  {
    promise: 'an unknown 403 puts SFTPGo in backoff',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'unknown':
      return { ...ban, sentence: UNKNOWN, hint: UNKNOWN_HINT }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('is set for an unknown 403'),
  },
  {
    promise: 'a ban by SFTPGo puts it in backoff',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'banned':
      return { ...ban, sentence: BANNED, hint: BANNED_HINT }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('is longer than a ban, and not for the refusal of one account'),
  },
  {
    promise: 'a server that accepts no connection from here is put in backoff',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'connection':
      return { until: now + TOO_MANY_MS, sentence: NOT_ACCEPTED, hint: NOT_ACCEPTED_HINT }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('reports the response and no more'),
  },
  {
    promise: 'a refusal of one account puts no host in backoff',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    default:
      return null
`,
        replace: `    default:
      return { ...ban, sentence: UNKNOWN }
`,
      },
    ],
    noticedBy: inSftpgoForbidden('is not what'),
  },
  {
    promise: "SFTPGo's rate limiter decides the length of the backoff",
    changes: [
      {
        file: sftpgoForbidden,
        find: 'until: until ?? now + RATE_LIMITED_MS',
        replace: 'until: now + RATE_LIMITED_MS',
      },
    ],
    noticedBy: inSftpgoForbidden('is as long as the rate limiter says, or a minute'),
  },
  {
    promise: 'a backoff is called a block only if the server says so',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'return { ...ban, sentence: UNKNOWN, hint: UNKNOWN_HINT }',
        replace: 'return { ...ban, sentence: BANNED, hint: UNKNOWN_HINT }',
      },
    ],
    noticedBy: inSftpgoForbidden('reports the response and no more'),
  },
  {
    promise: 'the user is told which host refuses',
    changes: [
      {
        file: hosts,
        find: 'return sentence.replace(/^The server\\b/, () => host).replace',
        replace: 'return sentence.replace',
      },
    ],
    noticedBy: inSilentHost('is reported to a tool, with when to retry'),
  },
  {
    promise: 'a caller is told when to retry',
    changes: [
      {
        file: hosts,
        find: `      retryAt: silent.until,
`,
        replace: '',
      },
    ],
    noticedBy: inSilentHost('is reported to a tool, with when to retry'),
  },
  {
    promise: 'the last seconds of a backoff are shown in seconds',
    changes: [
      {
        file: hosts,
        find: 'if (leftMs >= IN_SECONDS_MS) return',
        replace: 'if (leftMs > 0) return',
      },
    ],
    noticedBy: inHosts(
      'is reported in seconds near its end, since the time of day says little then',
    ),
  },
  {
    promise: 'a user who has just tried is not advised to try again',
    changes: [
      {
        file: hosts,
        find: 'throw isTokentrayError(error) ? withoutTryNow(error) : error',
        replace: 'throw error',
      },
    ],
    noticedBy: inHosts('is not to be tried again by a caller that has just tried'),
  },
  {
    promise: 'a host in backoff applies to the accounts with its address',
    changes: [
      {
        file: hosts,
        find: 'if (host !== undefined) return entry?.silence ? [entry] : []',
        replace: '',
      },
    ],
    noticedBy: inHosts('is found for an account by its address, and for no other account'),
  },
  {
    promise: 'a backoff is reported once',
    changes: [
      {
        file: hosts,
        find: 'const isNew = !known || trial !== null || known.lifetime.remainingMs <= 0',
        replace: 'const isNew = true',
      },
    ],
    noticedBy: inHosts('is reported once, and not again by requests in progress'),
  },
  {
    promise: 'a good response counts for a host for a few seconds only',
    changes: [
      {
        file: hosts,
        find: '(!provider.silence || (good && good.remainingMs > 0))',
        replace: '(!provider.silence || good)',
      },
    ],
    noticedBy: inHosts('is detected with one request, however many start at the same moment'),
  },
  {
    promise: 'a backoff does not get longer when the clock is set back',
    changes: [
      {
        file: hosts,
        find: 'const end = Math.min(until, now + Math.min(until - since, LONGEST_MS))',
        replace: 'const end = until',
      },
    ],
    noticedBy: inHosts(
      'stays blocked across a restart, and not longer than intended if the clock was set back',
    ),
  },
  {
    promise: 'a host whose backoff ended during a restart first gets a single request',
    changes: [
      {
        file: hosts,
        find: 'if (until < now - LONGEST_MS) continue',
        replace: 'if (until < now) continue',
      },
    ],
    noticedBy: inHosts('is sent a single request first even if its time ran out across a restart'),
  },
  {
    promise: 'a response to a request from before a backoff does not end it',
    changes: [
      {
        file: hosts,
        find: `    if (silence && !trial) return
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('is reported once, and not again by requests in progress'),
  },
  {
    promise: 'callers that wait for the single request get its error',
    changes: [
      {
        file: hosts,
        find: `        if (failure) throw failure
`,
        replace: '',
      },
    ],
    noticedBy: inHosts(
      'fails all callers that wait for the first request, and retries with the next',
    ),
  },
  {
    promise: 'a cancelled caller does not wait for a host',
    changes: [
      {
        file: hosts,
        find: 'return unlessGone(unlessGone(work, signal), unlessSent, unsent)',
        replace: 'return unlessGone(work, unlessSent, unsent)',
      },
    ],
    noticedBy: inHosts('does not delay a caller that has aborted'),
  },
  {
    promise: 'a service that asks for a short wait is not called a third time',
    changes: [
      {
        file: hosts,
        find: `    await this.#wait(waitMs, request)
    return await send()`,
        replace: `    await this.#wait(waitMs, request)
    await send()
    return await send()`,
      },
    ],
    noticedBy: inHosts('is not called a third time'),
  },
  {
    promise: 'a call skipped because of a backoff does not count as failed',
    changes: [
      {
        file: revoker,
        find: 'if (isTokentrayError(error) && error.silentHost !== undefined) {',
        replace: "if (isTokentrayError(error) && error.silentHost === '') {",
      },
    ],
    noticedBy: inHosts(
      'sends it nothing for any account or purpose, including revocation, quit and start',
    ),
  },
  {
    promise: 'calls held back by a backoff are made when it is over',
    changes: [
      {
        file: broker,
        find: `        revoker.resume()
`,
        replace: '',
      },
    ],
    noticedBy: inHosts(
      'revokes the waiting tokens once a try by the user shows that the host answers again',
    ),
  },
  {
    promise: 'a backoff does not count as a failure of the account that triggered it',
    changes: [
      {
        file: throttle,
        find: 'isTokentrayError(error) && !isBlocked && PAUSES',
        replace: 'isTokentrayError(error) && PAUSES',
      },
    ],
    noticedBy: inSilentHost('is over for all callers once it has answered the user'),
  },
  {
    promise: 'the backoff file is not read through a link',
    changes: [
      { file: 'main/settings/silences.ts', find: '        refuseLink(file)\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/settings/silences.test.ts',
      test: 'is not read through a link, and replaces one',
    },
  },
]
