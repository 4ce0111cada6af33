import type { Mutant } from '../mutant.ts'

const sftpgoForbidden = 'main/providers/sftpgo/forbidden.ts'
const hosts = 'main/broker/service/hosts.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const broker = 'main/broker/broker.ts'
const throttle = 'main/broker/concurrency/throttle.ts'
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

/** Which answers mean silence, how long that is, and what is said of it. */
export const silenceRules: readonly Mutant[] = [
  {
    promise: 'the request that finds out a ban of SFTPGo is counted',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'const BAN_MS = 31 * 60_000 + EACH_ADDS_MS',
        replace: 'const BAN_MS = 31 * 60_000',
      },
    ],
    noticedBy: inHostsSftpgo(
      'the one request that finds out a ban is counted, also by the next start',
    ),
  },
  {
    promise: 'each request of ours that makes a ban longer is counted',
    changes: [
      {
        file: hosts,
        find: 'known && said.eachAddsMs ? known.lifetime.remainingMs + said.eachAddsMs : 0',
        replace: '0',
      },
    ],
    noticedBy: inHostsSftpgo('a ban of SFTPGo is over at the first try after the wait'),
  },
  {
    promise: 'a 403 that nobody knows is a reason to leave SFTPGo alone',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'unknown':
      return { ...ban, sentence: UNKNOWN, hint: OR_BETWEEN }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('is what a 403 means that nobody knows'),
  },
  {
    promise: 'a ban of SFTPGo is a reason to leave it alone',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'banned':
      return { ...ban, sentence: BANNED, hint: FOR_FAILURES }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden(
      'is longer than a ban, and nothing that an account alone is refused',
    ),
  },
  {
    promise: 'a server that takes no connection from here is left alone',
    changes: [
      {
        file: sftpgoForbidden,
        find: `    case 'connection':
      return { until: now + CROWDED_MS, sentence: UNCONNECTED, hint: OR_UNLISTED }
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('says what was answered, and no more'),
  },
  {
    promise: 'what an account alone is refused leaves nobody alone',
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
    promise: 'a rate limiter of SFTPGo is left alone as long as it says',
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
    promise: 'it is called a block only where the server says so',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'return { ...ban, sentence: UNKNOWN, hint: OR_BETWEEN }',
        replace: 'return { ...ban, sentence: BANNED, hint: OR_BETWEEN }',
      },
    ],
    noticedBy: inSftpgoForbidden('says what was answered, and no more'),
  },
  {
    promise: 'a person is told which host refuses',
    changes: [
      {
        file: hosts,
        find: 'return sentence.replace(/^The server\\b/, () => host).replace',
        replace: 'return sentence.replace',
      },
    ],
    noticedBy: inSilentHost('is told to a tool, with when to come back'),
  },
  {
    promise: 'a caller hears when to come back',
    changes: [
      {
        file: hosts,
        find: `      retryAt: silent.until,
`,
        replace: '',
      },
    ],
    noticedBy: inSilentHost('is told to a tool, with when to come back'),
  },
  {
    promise: 'the last seconds of a silence are told as seconds',
    changes: [
      {
        file: hosts,
        find: 'if (leftMs >= IN_SECONDS_MS) return',
        replace: 'if (leftMs > 0) return',
      },
    ],
    noticedBy: inHosts('is told in seconds at its end'),
  },
  {
    promise: 'whoever has just tried is not advised to try again',
    changes: [
      {
        file: hosts,
        find: 'throw isTokentrayError(error) ? withoutTryNow(error) : error',
        replace: 'throw error',
      },
    ],
    noticedBy: inHosts('is not to be tried at once by whoever has just tried'),
  },
  {
    promise: 'a silent host is that of the accounts with its address',
    changes: [
      {
        file: hosts,
        find: 'if (host !== undefined) return entry?.silence ? [entry] : []',
        replace: '',
      },
    ],
    noticedBy: inHosts('is that of an account by its address, and of no other account'),
  },
  {
    promise: 'a silence is told once',
    changes: [
      {
        file: hosts,
        find: 'const isNew = !known || trial !== null || known.lifetime.remainingMs <= 0',
        replace: 'const isNew = true',
      },
    ],
    noticedBy: inHosts('is told once, and not again by what was under way'),
  },
  {
    promise: 'a good answer speaks for a host for seconds only',
    changes: [
      {
        file: hosts,
        find: '(!provider.silence || (good && good.remainingMs > 0))',
        replace: '(!provider.silence || good)',
      },
    ],
    noticedBy: inHosts('is found out by one request, however many begin at the same moment'),
  },
  {
    promise: 'a silence is not longer than meant where the clock was set back',
    changes: [
      {
        file: hosts,
        find: 'const end = Math.min(until, now + Math.min(until - since, LONGEST_MS))',
        replace: 'const end = until',
      },
    ],
    noticedBy: inHosts('is left alone over a restart, and not longer than meant'),
  },
  {
    promise: 'a host whose time ran out over a restart is sent one request first',
    changes: [
      {
        file: hosts,
        find: 'if (until < now - LONGEST_MS) continue',
        replace: 'if (until < now) continue',
      },
    ],
    noticedBy: inHosts(
      'is still sent a single request first where its time ran out over a restart',
    ),
  },
  {
    promise: 'what answers from before a silence does not end it',
    changes: [
      {
        file: hosts,
        find: `    if (silence && !trial) return
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('is told once, and not again by what was under way'),
  },
  {
    promise: 'those who wait for the one request get its failure',
    changes: [
      {
        file: hosts,
        find: `        if (failure) throw failure
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('gives those who wait for the first request its failure'),
  },
  {
    promise: 'who is gone does not wait for a host',
    changes: [
      {
        file: hosts,
        find: 'return unlessGone(unlessGone(work, signal), unlessSent, unsent)',
        replace: 'return unlessGone(work, unlessSent, unsent)',
      },
    ],
    noticedBy: inHosts('keeps nobody who is gone'),
  },
  {
    promise: 'a service that wants a moment is not asked a third time',
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
    noticedBy: inHosts('is not asked a third time'),
  },
  {
    promise: 'what was not tried because a host is left alone has not failed',
    changes: [
      {
        file: revoker,
        find: 'if (isTokentrayError(error) && error.silentHost !== undefined) {',
        replace: "if (isTokentrayError(error) && error.silentHost === '') {",
      },
    ],
    noticedBy: inHosts('sends it nothing for any account and purpose'),
  },
  {
    promise: 'what was held back by a silence is tried when that is over',
    changes: [
      {
        file: broker,
        find: `        revoker.resume()
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('ends what waited as soon as a person has found the host willing again'),
  },
  {
    promise: 'a silence is no failure of the one account that met it',
    changes: [
      {
        file: throttle,
        find: 'if (error.silentHost !== undefined || !REASONS.includes(error.code)) return',
        replace: 'if (!REASONS.includes(error.code)) return',
      },
    ],
    noticedBy: inSilentHost('is over for everybody once a person was answered'),
  },
  {
    promise: 'the hosts that are left alone are read through no link',
    changes: [
      { file: 'main/settings/silences.ts', find: '        refuseLink(file)\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/settings/silences.test.ts',
      test: 'is read through no link, and takes the place of one',
    },
  },
]
