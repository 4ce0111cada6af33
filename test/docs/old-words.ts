/** File names without folder and extension that have a better name today. */
export const oldFiles: readonly string[] = [
  ...['standing', 'endings', 'ending', 'endable', 'ending-sessions', 'opening', 'work-off'],
  ...['signing', 'signing-ports', 'keeping', 'managing', 'issuing', 'minting', 'lease-opening'],
  ...['lease-ending', 'proofs', 'throttle', 'auth-throttle', 'asker', 'half-done', 'unusable'],
  ...['lender', 'way', 'ways', 'password-way', 'speaker', 'stranger', 'strangers', 'members'],
  ...['http-answer', 'deed', 'deeds', 'account-deeds', 'use-account-deeds', 'contract-deeds'],
  ...['try-and-ask', 'sign-in', 'naming', 'known', 'cannot', 'words', 'typed-line', 'presence'],
  ...['presence-of', 'last-answer', 'one-visit', 'acting', 'handing', 'handing-out', 'placing'],
  ...['locking', 'life', 'copying', 'parked', 'commotion'],
]

/** Names of types, functions and members, whole, and of variables that are exported. */
export const oldNames: readonly string[] = [
  ...['Standing', 'Ending', 'Endings', 'EndingSessions', 'Kept', 'Opening', 'workOff', 'WorkOff'],
  ...['Signing', 'Keeping', 'Fresh', 'isWanted', 'Managing', 'Issuing', 'Minting', 'LeaseOpening'],
  ...['LeaseEnding', 'Proofs', 'Throttle', 'Asker', 'Refusals', 'AuthThrottle', 'halfDone'],
  ...['HalfDone', 'unusable', 'fulfil', 'isOwn', 'Members', 'readMembers', 'HttpAnswer'],
  ...['tryAndAsk', 'signIn', 'typedLine', 'presenceOf', 'lastAnswer', 'oneVisit', 'isVisit'],
  ...['whileChanging', 'outdate', 'settleAll', 'grip'],
]

/** Names of what a file exports, whole; they are good ones for a variable. */
export const oldExports: readonly string[] = [
  ...['naming', 'known', 'cannot', 'words', 'acting', 'handing', 'handingOut', 'placing'],
  ...['locking', 'life', 'copying'],
]

/** Names of members, whole; they are good ones for a variable. */
export const oldMemberNames: readonly string[] = ['used', 'like']

/** Words that stand in no name, in whichever part of it. */
export const oldNameWords: readonly string[] = [
  ...[
    'standing',
    'endings',
    'endable',
    'vouch',
    'doubt',
    'asker',
    'lender',
    'lends',
    'way',
    'ways',
  ],
  ...['deed', 'deeds', 'speaker', 'stranger', 'strangers', 'parked', 'commotion', 'whoever'],
  ...['nobody', 'somebody', 'person'],
]

/** Members that one class or interface had, and whose names are good ones elsewhere. */
export const oldMembers: Readonly<Record<string, readonly string[]>> = {
  AuthState: ['guarded', 'leave', 'forget', 'renew', 'outdate', 'whileChanging'],
  Revoker: ['settle', 'tell', 'grip'],
  Ledger: ['hold', 'plan', 'fulfil', 'strike'],
  TokenChecks: ['vouch', 'doubt', 'has', 'accepts'],
}

/** Parts of sentences that users read. */
export const oldSentences: readonly string[] = [
  ...['Kind of lease', 'Length of a lease', 'Of accounts that you add from now on'],
  ...['Of new accounts, where the service', 'What suits the service', 'From the next lease on'],
  ...[
    'what the service allows bounds it',
    'One login serves any number',
    'what one gives up lives',
  ],
  ...['New tokens in the place', 'take the place of those', 'Tools that keep what they were given'],
  ...['will find that it has ended', 'Settings of the account', 'Let a tool in', 'Let one in with'],
  ...['put one out with', 'See what is out', 'Nothing is out', 'tokens are out', 'token is out'],
  ...['No lease is open', 'Stop it and go on here', 'no longer accepts what is kept'],
  ...['Log in again to go on', 'logged in again by a person', 'wants fewer calls'],
  ...['is not working (status', 'Its leases and its session end', 'will be ended at the service'],
  ...['where these can', 'The lease of', 'still to be ended at the service', 'goes on trying'],
  ...['Records started anew', 'kept in memory until quit', 'gives your tools tokens that end soon'],
  ...['As in https://', 'a person must then log in', 'of the authority that signed'],
  ...['if it is a private one', 'Over http everybody', 'What to call the account'],
  ...['left empty, it is made from', 'opens the pages of', 'It is good for one visit'],
  ...[
    'has it is let in',
    'Of the same key',
    'Left empty: that of',
    'no access token before its time',
  ],
  ...['only a short lease is a short risk', 'The address is not an http or https URL', 'Mend it'],
  ...[
    'log in again with another value',
    'key is not one',
    'This one is needed',
    'finds fault with',
  ],
  ...['lets nobody log out', 'Tokentray made a mistake', 'mistake of Tokentray', 'A moment ago:'],
  ...[
    'Then do it again',
    'a link that is none',
    'something is left to do',
    'There is nothing of that',
  ],
  ...['It does not say which', 'enter both once more', 'no code if there is none'],
  ...['What answers at', 'There is nobody to ask', 'go where they belong only'],
  ...[
    'for another place enter them',
    'It may not be one of Tokentray',
    'Name a command',
    'work-off',
  ],
  ...['tokens of the last run:', '" is one of ', '1 tokens', '1 tools', '1 accounts'],
]

/** English that no sentence of ours is written in: shown to users, in the papers, comments, names of tests. */
export const oldEnglish: readonly RegExp[] = [
  /\bpersons?\b/i,
  /\b(?:some|no)body\b/i,
  /\bwho(?:so)?ever\b/i,
  /\b(?:what|that|which|is|are|those) (?:is|are|still) out\b(?! of\b)/i,
  /\bin(?:to)? the place of\b/i,
  /\btakes? (?:its|their|the) place of\b/i,
  /\bis good for (?:one|two|a|an|\d)/i,
  /\bthat (?:is|are) there\b/i,
  /\bis told (?:so|that|of|what|when|where|why)\b/i,
  /\b(?:goes|go|went|going) on(?= (?:with|as|beside|in|trying|serving|here|all)\b|[.,;:]|$)/i,
  /\b(?:lives?|lived) on\b/i,
  /\banew\b/i,
  /\bfor want of\b/i,
  /\bthat is none\b/i,
  /\bfinds? fault\b/i,
]

/** And that no user reads, where an identifier or a test may have it. */
export const oldOnScreen: readonly RegExp[] = [
  /\bsign(?:s|ed|ing)? (?:in|out)\b/i,
  /\btokens? that (?:end|live)s?\b/i,
  /\b(?:tokens?|leases?) (?:end|ends|ended|have ended|has ended)\b/i,
  /\b(?:mend|mends)\b/i,
]

interface Allowed {
  /** Where it may be: the beginning of a path. */
  readonly in: string
  /** What is found there. */
  readonly word: string
  readonly because: string
}

/** What stays although it is on a list. */
export const allowed: readonly Allowed[] = [
  { in: 'test/flows/other-users', word: 'asNobody: nobody', because: 'the user "nobody" of Unix' },
  {
    in: 'main/cli/commands/login.ts',
    word: 'like: like',
    because: 'the former option is an alias',
  },
]
