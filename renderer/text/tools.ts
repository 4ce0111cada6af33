import type { ToolLanguage } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import type { ClientView } from '../../preload/snapshot.ts'
import type { QuestionWords } from './questions.ts'
import { plural, when } from './times.ts'

/** The error for an invalid name of a tool. */
export const TOOL_NAME_RULE: Failure = {
  code: 'invalid_request',
  message: 'That is not a valid tool name.',
  hint: 'Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.',
}

/** The languages that there is a command for, by their names. */
export const LANGUAGES: Readonly<Record<ToolLanguage, string>> = {
  curl: 'curl',
  go: 'Go',
  java: 'Java',
  node: 'Node.js',
  python: 'Python',
}

/**
 * Up to this many names are listed; above it their number is shown. Security: the user agrees only to what is
 * named, and a dialog of the system still fits on a screen with so many lines.
 */
const MOST_NAMES = 20

/** Asked before a tool gets access to these accounts, by id. */
export function toGrantQuestion(tool: string, accounts: readonly string[]): QuestionWords {
  const which =
    accounts.length > MOST_NAMES
      ? [...accounts.slice(0, MOST_NAMES), `${accounts.length - MOST_NAMES} more`]
      : accounts
  return {
    title: `Let ${tool} use ${accounts.length === 1 ? accounts[0] : plural(accounts.length, 'account')}?`,
    text: [
      ...(accounts.length > 1 ? [which.join('\n')] : []),
      'It can then get tokens at any time without asking you again.',
    ],
    action: 'Allow',
  }
}

/** Asked before a tool gets another secret. */
export const toNewSecretQuestion = (tool: string): QuestionWords => ({
  title: `Make a new secret for ${tool}?`,
  text: [
    'The old secret stops working now: the tool gets no tokens until you give it the new one.',
    'The ID stays the same, and active tokens stay valid.',
  ],
  action: 'New secret',
})

/** Asked before a tool is removed. */
export const toRemoveToolQuestion = (tool: string, tokens: number): QuestionWords => ({
  title: `Remove ${tool}?`,
  text: [
    'Its ID and secret stop working now.',
    ...(tokens > 0
      ? [
          `${plural(tokens, 'active token')} of it will be revoked where the service allows it. A token that others share stays valid for them.`,
        ]
      : []),
  ],
  action: 'Remove',
})

/** Asked before a tool loses accounts, by id. */
export const toWithdrawQuestion = (tool: string, accounts: readonly string[]): QuestionWords => ({
  title: `Take ${accounts.length === 1 ? accounts[0] : plural(accounts.length, 'account')} from ${tool}?`,
  text: [
    ...(accounts.length > 1 ? [accounts.join(', ')] : []),
    'It gets no more tokens for it. Those that it has are revoked where the service allows it.',
  ].map((line) => (accounts.length > 1 ? line.replace('for it', 'for them') : line)),
  action: 'Take away',
})

/** Shown under the boxes if none is ticked. */
export const NO_ACCOUNT = 'Choose at least one account.'

/** Said once a tool may use these accounts, by id: requests that named none worked for a single one. */
export const sayWhich = (accounts: readonly string[]): readonly string[] =>
  accounts.length > 1 ? [`Requests must now say which, such as audience=${accounts[0]}.`] : []

/** The accounts of a tool in one line. */
export const accountsOf = ({ accounts }: ClientView, nameFor: (id: string) => string): string =>
  accounts.map(nameFor).join(', ') || 'No accounts'

/** When the tool last got a token. */
export function lastUse({ lastUsedAt }: ClientView, now: number): string {
  if (lastUsedAt === undefined) return 'Not used yet'
  const isNow = now - lastUsedAt < 60_000
  return `Last used ${isNow ? 'just now' : when(lastUsedAt, now)}`
}
