import type { Mutant } from '../mutant.ts'

const autoClear = 'main/desktop/clipboard/auto-clear.ts'
const handlers = 'main/desktop/ipc/handlers.ts'
const words = 'main/audit/reading/activity-words.ts'
const reader = 'main/audit/reading/audit-reader.ts'
const inReader = (test: string) => ({ file: 'test/audit/reading/audit-reader.test.ts', test })
const inTurnedAway = (test: string) => ({ file: 'test/loopback/oauth/turned-away.test.ts', test })
const inCopying = (test: string) => ({
  file: 'test/desktop/clipboard/auto-clear-failures.test.ts',
  test,
})

/** An action affects exactly what was confirmed, and the audit log is shown correctly. */
export const displayAccuracy: readonly Mutant[] = [
  {
    promise: 'a text written to the clipboard after a timeout is cleared',
    changes: [
      {
        file: autoClear,
        find: 'if (isUnderWay) this.#keepLate(',
        replace: 'if (!isUnderWay) this.#keepLate(',
      },
    ],
    noticedBy: inCopying('is cleared as soon as it arrives'),
  },
  {
    promise: 'a late text that was copied again meanwhile stays as long as promised',
    changes: [
      {
        file: autoClear,
        find: 'const isCurrent = entry !== this.#entry && entry.hash',
        replace: 'const isCurrent = entry === this.#entry && entry.hash',
      },
    ],
    noticedBy: inCopying('stays for its time if it was copied again meanwhile'),
  },
  {
    promise: 'the window does not act on another account with the same name',
    changes: [
      {
        file: handlers,
        find: 'host.broker.accounts.byUid(uid)\n',
        replace: 'host.broker.accounts.all().at(-1)\n',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/handlers.test.ts',
      test: 'are addressed by uid, even if another one has the name by then',
    },
  },
  {
    promise: 'an account is not mistaken for another that has its name now',
    changes: [
      {
        file: 'main/loopback/management/find-account.ts',
        find: 'if (meant === undefined || meant === account.uid) return account',
        replace: 'if (meant !== account.id) return account',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/account-operations.test.ts',
      test: 'applies to the intended account, not to another one with its name',
    },
  },
  {
    promise: 'the command line acts on the account that it asked about',
    changes: [
      {
        file: 'main/cli/api/api.ts',
        find: '{ ...(confirm !== undefined && { confirm }), ...(uid !== undefined && { uid }) }',
        replace: '{ ...(confirm !== undefined && { confirm }) }',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/tokens.test.ts',
      test: 'says who is affected, asks twice, and revokes all',
    },
  },
  {
    promise: 'text typed by the user is shown unchanged, and not as the label of a choice',
    changes: [
      {
        file: words,
        find: 'CHOICES.get(setting)?.get(text) ??',
        replace: 'SWITCH.get(text) ??',
      },
    ],
    noticedBy: {
      file: 'test/audit/reading/activity-words.test.ts',
      test: 'says what happened, to whom, and who did it',
    },
  },
  {
    promise: 'the filter "you" finds everything that you did',
    changes: [{ file: words, find: ' || PLACES.has(route)\n', replace: '\n' }],
    noticedBy: inReader('returns everything the user did, by any route, as done by "you"'),
  },
  {
    promise: 'a search finds a word with the punctuation it was copied with',
    changes: [
      {
        file: 'main/audit/reading/activity-search.ts',
        find: '.filter(Boolean).map(bare)',
        replace: '.filter(Boolean)',
      },
    ],
    noticedBy: inReader('finds what is shown as it was copied, with its punctuation'),
  },
  {
    promise: 'an event with a wrong time does not hide earlier ones',
    changes: [
      { file: reader, find: 'if (old >= OLD_LINES) return', replace: 'if (old > 0) return' },
    ],
    noticedBy: inReader('reads past lines that were written while the clock was wrong'),
  },
  {
    promise: 'invisible characters of an event are shown as unreadable',
    changes: [
      {
        file: 'main/audit/reading/recorded-line.ts',
        find: 'toPrintable(member)',
        replace: 'member',
      },
    ],
    noticedBy: inReader('shows no invisible or text-reversing characters of a line'),
  },
  {
    promise: 'an invalid date is not accepted as a start time',
    changes: [
      {
        file: 'main/cli/commands/activity.ts',
        find: 'isDay(text.slice(0, 10)) && moment >= 0',
        replace: 'moment >= 0',
      },
    ],
    noticedBy: { file: 'test/cli/commands/activity.test.ts', test: 'rejects the time ' },
  },
  {
    promise: 'a user whose lock could not be stored is told that it is in effect',
    changes: [
      {
        file: 'main/broker/lock.ts',
        find: 'Tokentray is locked, but its next start would unlock it: ',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/lock.test.ts',
      test: 'locks even if that cannot be stored, and says so',
    },
  },
  {
    promise: 'characters that no font can draw are replaced',
    changes: [{ file: 'main/base/text/unsafe-characters.ts', find: '\\p{DI}', replace: '' }],
    noticedBy: {
      file: 'test/base/text/unsafe-characters.test.ts',
      test: 'a place that is kept for such',
    },
  },
  {
    promise: 'nothing can be hidden in variation selectors',
    changes: [
      {
        file: 'main/base/text/unsafe-characters.ts',
        find: '|(?<![^\\s\\p{VS}])\\p{VS}',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/base/text/unsafe-characters.test.ts',
      test: 'two selectors of a form',
    },
  },
  {
    promise: 'half of a character is shown as unreadable',
    changes: [{ file: 'main/base/text/unsafe-characters.ts', find: '\\p{Cs}', replace: '' }],
    noticedBy: { file: 'test/base/text/unsafe-characters.test.ts', test: 'half of a character' },
  },
  {
    promise: 'a reason contains no invisible characters',
    changes: [
      {
        file: 'main/loopback/schemas/schema-parts.ts',
        find: ' && !hasUnsafeCharacters(text)\n',
        replace: '\n',
      },
    ],
    noticedBy: {
      file: 'test/loopback/oauth/oauth-token.test.ts',
      test: 'a reason with tags',
    },
  },
  {
    promise: 'a wrong secret is recorded',
    changes: [
      {
        file: 'main/loopback/oauth/authentication.ts',
        find: 'if (!client) this.#noteWrong(id)',
        replace: 'if (!client && id === secret) this.#noteWrong(id)',
      },
    ],
    noticedBy: inTurnedAway('records a wrong secret, with the id only if a tool has it: '),
  },
  {
    promise: 'a wrong owner key is recorded',
    changes: [
      {
        file: 'main/loopback/oauth/authentication.ts',
        find: "      this.#turnedAway.note({ code: 'invalid_client', route: 'v1' })\n",
        replace: '',
      },
    ],
    noticedBy: inTurnedAway('records a wrong owner key without naming a client'),
  },
  {
    promise: 'a request with a wrong owner key is not attributed to you',
    changes: [
      {
        file: 'main/audit/reading/activity-words.ts',
        find: '  if (isUnknown(line)) return false\n',
        replace: '',
      },
    ],
    noticedBy: inTurnedAway('records a wrong owner key without naming a client'),
  },
  {
    promise: 'wrong owner keys do not hide wrong secrets in the audit log',
    changes: [
      {
        file: 'main/broker/record/rejected-requests.ts',
        find: '[event.code, event.route, ',
        replace: '[event.code, ',
      },
    ],
    noticedBy: inTurnedAway('records a wrong owner key without naming a client'),
  },
  {
    promise: 'a claimed client id is recorded only if such a tool exists',
    changes: [
      {
        file: 'main/loopback/oauth/authentication.ts',
        find: 'claimed && !claimed.builtIn ? { client: claimed.name } : {}',
        replace: '{ client: claimed?.name ?? id }',
      },
    ],
    noticedBy: inTurnedAway('records a wrong secret, with the id only if a tool has it: '),
  },
  {
    promise: 'a request of a tool without a grant is recorded',
    changes: [
      {
        file: 'main/loopback/oauth/oauth.ts',
        find: "code: 'invalid_target', client: client.name,",
        replace: "code: 'invalid_client', client: client.name,",
      },
    ],
    noticedBy: inTurnedAway(
      'records why a request matches no account, which the answers do not say',
    ),
  },
  {
    promise: 'refusals that any program can cause do not fill the audit log',
    changes: [
      {
        file: 'main/broker/record/rejected-requests.ts',
        find: 'const PAUSE_MS = 60_000',
        replace: 'const PAUSE_MS = 0',
      },
    ],
    noticedBy: inTurnedAway('writes one line a minute, with the count'),
  },
  {
    promise: 'a secret typed for one account is not sent for another that has taken its name',
    changes: [
      {
        file: 'renderer/app.tsx',
        find: '<Shown key={account.uid} account={account} />',
        replace: '<Shown account={account} />',
      },
    ],
    noticedBy: {
      file: 'test/renderer/login.test.ts',
      test: 'keeps no secret for another account that took the name',
    },
  },
]
