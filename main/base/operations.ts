/**
 * How an operation is run that takes the account alone and answers with the tokens that it revoked. Its
 * route and its command are made from this; `TokenAdmin.run` does the work.
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
  /** What was done, as a sentence. */
  readonly outcome: (account: string, hits: string) => string
}

interface OperationRow {
  /** Whether a driver with these members can do it. */
  readonly capable: (driver: DriverMembers) => boolean
  /** Why it cannot be done, behind "The service". */
  readonly inability: string
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
 * which the broker, the endpoint and the command line are made. In the order in which the endpoint lists them.
 */
export const operations = {
  list_tokens: {
    capable: ({ listTokens }) => listTokens !== undefined,
    inability: 'does not list the tokens of an account',
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
      outcome: (_, hits) => `Revoked ${hits}.`,
    },
  },
  rotate: {
    capable: ({ revoke, revokeLease }) => Boolean(revoke ?? revokeLease),
    inability: 'cannot revoke a token before it expires',
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
      outcome: (account) => `Rotated the tokens of ${account}.`,
    },
  },
  portal: {
    capable: ({ portalLink }) => portalLink !== undefined,
    inability: 'has no portal',
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

const isRunnable = (name: Operation): name is RunnableOperation =>
  operationRows[name].run !== undefined

/** How each of those is run, in the order of the table. */
export const runs: readonly (readonly [RunnableOperation, OperationRun])[] = operationNames.flatMap(
  (name) => {
    const { run } = operationRows[name]
    return run && isRunnable(name) ? [[name, run] as const] : []
  },
)
