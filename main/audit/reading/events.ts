import type { ActivityKind } from '../../base/activity-kinds.ts'

/** The events that Tokentray records, in words, by their kind. */
const EVENTS = {
  tokens: {
    issue: 'Token handed out',
    end: 'Active token closed',
    end_session: 'Session closed',
    portal: 'Portal link created',
    rotate: 'Tokens replaced',
    revoke_token: 'Token revoked at the service',
    revoke_all: 'All tokens revoked at the service',
    token_revoked: 'Token revoked',
    token_expired: 'Token expired',
    token_waiting: 'Token waiting to be revoked',
    token_left: 'Token valid until it expires',
    token_given_up: 'Expired token kept on the list',
  },
  logins: {
    login: 'Logged in',
    login_required: 'Login required',
    logout: 'Logged out',
    try_now: 'Tried once',
    host_silent: 'Requests paused',
  },
  changes: {
    account_added: 'Account added',
    account_removed: 'Account removed',
    account_renamed: 'Account renamed',
    account_changed: 'Account settings changed',
    client_added: 'Tool added',
    client_changed: 'Tool settings changed',
    client_removed: 'Tool removed',
    client_renamed: 'Tool renamed',
    client_secret_changed: 'New secret for a tool',
    grant_added: 'Access given',
    grant_removed: 'Access removed',
    settings_changed: 'Settings changed',
    settings_imported: 'Accounts and settings imported',
    lock: 'Locked',
    unlock: 'Unlocked',
    reset: 'Tokentray was reset',
    record_resumed: 'Record continued',
  },
  refusals: {
    refuse: 'Refused',
  },
} as const satisfies Record<ActivityKind, Readonly<Record<string, string>>>

/** A map, because a line may name any event, also one like an inherited property of an object. */
const known: ReadonlyMap<string, { readonly words: string; readonly kind: ActivityKind }> = new Map(
  (Object.keys(EVENTS) as ActivityKind[]).flatMap((kind) =>
    Object.entries(EVENTS[kind]).map(([event, words]) => [event, { words, kind }] as const),
  ),
)

/** The words of every known event. */
export const eventWords: readonly string[] = [...known.values()].map(({ words }) => words)

/** An event in words; undefined for one of another version. */
export const wordsOfEvent = (event: string): string | undefined => known.get(event)?.words

/** The kind of an event; one of another version counts as a change. */
export const kindOfEvent = (event: string): ActivityKind => known.get(event)?.kind ?? 'changes'
