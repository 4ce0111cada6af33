/** What the window asks before it runs an operation, with the words of the button that runs it. */
interface OperationQuestion {
  readonly title: string
  readonly text: readonly string[]
  readonly warning?: string
  readonly action: string
  readonly isHarmless?: true
}

/**
 * How an operation is run that takes the account alone and answers with the tokens that it revoked. Its
 * route, its command and the question of the window are made from this; `TokenAdmin.run` does the work.
 */
export interface OperationRun {
  /** Behind the path of the account. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  /** What the command does, and its further help. */
  readonly description: string
  readonly help: string
  /** It affects other programs: the user names the account once more. */
  readonly isConfirmed?: true
  /** What status shows while it is in progress. */
  readonly progress: 'rotation' | 'revocation'
  readonly question: (account: string, hits: string) => OperationQuestion
  /** What was done, as a sentence. */
  readonly outcome: (account: string, hits: string) => string
}

interface OperationRow {
  /** Whether a driver with these members can do it. */
  readonly capable: (driver: DriverMembers) => boolean
  /** Why it cannot be done, behind "The service". */
  readonly inability: string
  /** Its item in the window's menu, and its row there with an icon and one line of help. */
  readonly shown?: {
    /** The window lists the lowest first. */
    readonly rank: number
    readonly label: string
    readonly help: string
    readonly icon: 'link' | 'list' | 'refresh' | 'alert'
    readonly isDanger?: true
    /** The screen that it opens; absent where the window asks and then runs it. */
    readonly screen?: 'portal' | 'tokens'
  }
  /** The words of its command, with the arguments behind the account, and what it does. */
  readonly command: string
  readonly arguments?: string
  readonly does: (hits: string) => string
  readonly run?: OperationRun
}

type DriverMembers = Readonly<
  Partial<
    Record<
      'listTokens' | 'revokeById' | 'revokeAll' | 'revoke' | 'revokeLease' | 'portalLink',
      unknown
    >
  >
>

/**
 * What can be done with the tokens of an account besides handing them out: one row for each operation, from
 * which the broker, the endpoint, the command line and the window are made. In the order in which the
 * endpoint lists them.
 */
export const operations = {
  list_tokens: {
    capable: ({ listTokens }) => listTokens !== undefined,
    inability: 'does not list the tokens of an account',
    shown: {
      ...{ rank: 2, label: 'All tokens', icon: 'list', screen: 'tokens' },
      help: 'Every token of this account at the service',
    },
    command: 'tokens',
    does: () => 'List its tokens at the service',
  },
  revoke_token: {
    capable: ({ listTokens, revokeById }) => Boolean(listTokens && revokeById),
    inability: 'cannot revoke a single token by its ID',
    command: 'tokens revoke',
    arguments: 'ID',
    does: () => 'Revoke one of them',
  },
  revoke_all: {
    capable: ({ revokeAll }) => revokeAll !== undefined,
    inability: 'cannot revoke all tokens of an account at once',
    shown: {
      ...{ rank: 4, label: 'Revoke all tokens…', icon: 'alert', isDanger: true },
      help: 'Including those of other programs',
    },
    command: 'tokens revoke-all',
    does: (hits) => `Revoke ${hits}`,
    run: {
      ...{ path: 'tokens/revoke-all', operationId: 'revokeAllTokens' },
      description: 'Revoke all tokens of an account at once, even if other programs use them',
      help: `
What is revoked depends on the service. This command says so before it asks, and
so does "tokentray accounts show ACCOUNT". Anything else, such as a portal of
another application of the same key, stays valid.

You are asked twice: to confirm, and to type the name of the account. In scripts,
give both --yes and --confirm ACCOUNT.
`,
      summary:
        'Revokes all of them, including those of other programs; "confirm" names the account once more.',
      ...{ isConfirmed: true, progress: 'revocation' },
      question: (account, hits) => ({
        title: `Revoke all tokens of ${account}?`,
        text: [`This revokes ${hits}.`],
        warning: 'Other programs that use these tokens will stop working.',
        action: 'Revoke all tokens',
      }),
      outcome: (_, hits) => `Revoked ${hits}.`,
    },
  },
  rotate: {
    capable: ({ revoke, revokeLease }) => Boolean(revoke ?? revokeLease),
    inability: 'cannot revoke a token before it expires',
    shown: {
      ...{ rank: 3, label: 'Rotate tokens…', icon: 'refresh' },
      help: 'Replace all active tokens',
    },
    command: 'rotate',
    does: () => 'Replace all active tokens',
    run: {
      ...{ path: 'rotate', operationId: 'rotateTokens', progress: 'rotation' },
      description: 'Replace all active tokens of an account',
      help: `
Every active token stops working now. Tools that hold one must ask for a new one.
Open portals are not affected.
`,
      summary: 'Replaces all active tokens: makes new ones, and revokes the old ones.',
      question: (account) => ({
        title: `Rotate the tokens of ${account}?`,
        text: ['Every active token stops working now. Tools that hold one must ask for a new one.'],
        ...{ action: 'Rotate', isHarmless: true },
      }),
      outcome: (account) => `Rotated the tokens of ${account}.`,
    },
  },
  portal: {
    capable: ({ portalLink }) => portalLink !== undefined,
    inability: 'has no portal',
    shown: {
      ...{ rank: 1, label: 'Portal', icon: 'link', screen: 'portal' },
      help: 'Open it in your browser, already logged in',
    },
    command: 'portal',
    does: () => 'Open its portal in the browser',
  },
} as const satisfies Readonly<Record<string, OperationRow>>

export type Operation = keyof typeof operations

/** Those that take the account alone. */
export type RunnableOperation = {
  [Name in Operation]: (typeof operations)[Name] extends { readonly run: unknown } ? Name : never
}[Operation]

/** The rows as one type, for what is made from all of them. */
export const operationRows: Readonly<Record<Operation, OperationRow>> = { ...operations }

/** The names of all operations, in the order of the table. */
export const operationNames = Object.keys(operations) as readonly Operation[]

/** True for an operation that takes the account alone. */
export const isRunnable = (name: Operation): name is RunnableOperation =>
  operationRows[name].run !== undefined

/** How each of those is run, in the order of the table. */
export const runs: readonly (readonly [RunnableOperation, OperationRun])[] = operationNames.flatMap(
  (name) => {
    const { run } = operationRows[name]
    return run && isRunnable(name) ? [[name, run] as const] : []
  },
)
