import { changeIn, type Mutant } from '../mutant.ts'

const route = 'test/loopback/management/activity.test.ts'
const inRenamed = 'finds all lines of a renamed account, and none of another with that name'

/** The audit log shows everything about an account, and nothing about another one. */
export const accountActivity: readonly Mutant[] = [
  changeIn('main/audit/reading/activity-search.ts', 'test/audit/reading/audit-reader.test.ts')(
    'events of an account that had the name before are not shown for the current one',
    'if (uid !== undefined && accountUid !== undefined) return accountUid === uid',
    'if (uid !== undefined && accountUid === uid) return true',
    'filters by account whatever it was called, and by name only lines without a uid',
  ),
  changeIn('main/loopback/management/activity-route.ts', route)(
    'the activity of an account includes the time before it was renamed',
    '...(found && { accountUid: found.uid }),',
    '',
    inRenamed,
  ),
  changeIn('main/broker/lease/token-issuer.ts', route)(
    'an event about a token names its account',
    '      accountUid: account.uid,\n      lease',
    '      lease',
    inRenamed,
  ),
  changeIn('main/broker/record/settings-events.ts', 'test/broker/record/settings-events.test.ts')(
    'an event about a change of an account names the account',
    'account: idOf(record), accountUid: record.uid }',
    'account: idOf(record) }',
    'has an event for each change that decides who could get which tokens',
  ),
  changeIn('main/audit/reading/recorded-uses.ts', 'test/audit/reading/recorded-uses.test.ts')(
    'of many uses on record, the last one is shown',
    'if (key !== undefined && !known.has(key)) known.set(key, at)',
    'if (key !== undefined) known.set(key, at)',
    'finds the last token or link of each account and each tool, over all files',
  ),
  changeIn('main/broker/record/last-uses.ts', 'test/broker/record/last-uses.test.ts')(
    'a use in this run is not replaced by one on record',
    'if (!known.has(key)) known.set(key, at)',
    'known.set(key, at)',
    'learns what is on record, without forgetting what has happened since',
  ),
]
