import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import type { ActivityView, ListedTokenView } from '../../../preload/contract.ts'
import type { AccountView, ClientView, LeaseView, Snapshot } from '../../../preload/snapshot.ts'
import { providers } from './providers.ts'

/** The current time in all fixtures. */
export const NOW = Date.UTC(2026, 0, 15, 10, 30, 0)

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A logged-in SFTPGo account, with changes. */
export function account(id: string, change: Partial<AccountView> = {}): AccountView {
  const [provider = '', name = ''] = id.split('/')
  return {
    uid: id,
    id,
    provider,
    name,
    providerTitle: providers.find((each) => each.id === provider)?.title ?? provider,
    label: 'alice at files.example.com',
    state: 'signed_in',
    needsCode: false,
    leaseKind: 'shared',
    leaseKinds: ['shared', 'dedicated'],
    leaseSeconds: 900,
    leases: 0,
    operations: [],
    values: {},
    ...change,
  }
}

/** A lease with 12 minutes left. */
export function lease(id: string, change: Partial<LeaseView> = {}): LeaseView {
  return {
    ...{ id, token: `token of ${id}` },
    client: 'backup',
    account: 'sftpgo/home',
    kind: 'shared',
    openedAt: NOW - 3 * MINUTE,
    endsAt: NOW + 12 * MINUTE + SECOND,
    ...change,
  }
}

/** A tool that was connected two days ago. */
export function tool(name: string, change: Partial<ClientView> = {}): ClientView {
  const id = `Tool${name.replaceAll(/[^A-Za-z0-9]/g, '')}`.slice(0, 24)
  return { ...{ id, name, accounts: [] }, createdAt: NOW - 2 * DAY, ...change }
}

/** The first start, without accounts. */
export const empty: Snapshot = {
  revision: 1,
  phase: 'running',
  status: {
    version: '0.1.0',
    locale: 'en-GB',
    issuer: 'http://127.0.0.1:41235',
    locked: false,
    vault: 'ready',
    memory: false,
    pending: 0,
    notices: [],
  },
  providers,
  accounts: [],
  leases: [],
  sessions: [],
  lingering: [],
  copied: null,
  preferences: {
    clipboardSeconds: 30,
    leaseSeconds: 900,
    lockOnSleep: true,
    startAtLogin: false,
    leaseKind: 'service',
    accountOrder: 'recent',
    globalShortcut: false,
    lockAfterIdleMinutes: 0,
    theme: 'system',
    zoom: 100,
    notifyCopied: true,
    notifyLoginRequired: true,
    notifyServiceLimits: true,
  },
  clients: [],
}

/** The program's own caution for a Koyeb account. */
const { caution = '' } = koyeb.driver({ way: 'api_token' })

/** Accounts of each kind and state, with their active tokens. */
export const full: Snapshot = {
  ...empty,
  accounts: [
    account('sftpgo/home', {
      leases: 2,
      operations: ['rotate'],
      sessionEndsAt: NOW + 19 * MINUTE + 30 * SECOND,
      values: { url: 'https://files.example.com', role: 'user', username: 'alice' },
    }),
    account('koyeb/work', {
      label: 'Acme (organization)',
      leaseKind: 'dedicated',
      leaseKinds: ['dedicated'],
      leases: 1,
      operations: [],
      caution,
      values: { way: 'api_token' },
    }),
    account('glowmarkt/flat', {
      label: 'bob@example.org at Glowmarkt',
      leaseKind: 'dedicated',
      leaseKinds: ['dedicated', 'shared'],
      operations: ['list_tokens', 'revoke_token', 'rotate'],
      values: { username: 'bob@example.org' },
    }),
    account('svix/first', {
      label: 'Orders at Svix EU',
      leaseKind: 'dedicated',
      leaseKinds: ['dedicated'],
      leases: 1,
      operations: ['revoke_all', 'rotate', 'portal'],
      revokeAllHits: 'every portal session of app_1, including those of customers',
      values: { application: 'app_1', region: 'auto' },
    }),
    account('sftpgo/admin', {
      label: 'root at files.example.com',
      state: 'login_required',
      loginRequiredReason: {
        description: 'The session has ended, and a new one needs a one-time code.',
      },
      needsCode: true,
      leaseKinds: ['shared'],
      values: { url: 'https://files.example.com', role: 'admin', username: 'root' },
    }),
    account('giantswarm/old', {
      label: 'carol@example.com at api.old.gigantic.io',
      state: 'signed_out',
      leaseKind: 'dedicated',
      leaseKinds: ['dedicated'],
      operations: ['rotate'],
      values: { username: 'carol@example.com' },
    }),
  ],
  leases: [
    lease('L1', { token: 'session of sftpgo/home', reason: 'nightly backup of /srv/files' }),
    lease('L2', {
      token: 'session of sftpgo/home',
      client: 'cli',
      openedAt: NOW - 8 * MINUTE,
      endsAt: NOW + 45 * SECOND,
    }),
    lease('L3', {
      client: 'deploy',
      account: 'koyeb/work',
      kind: 'dedicated',
      openedAt: NOW - MINUTE,
      endsAt: NOW + 14 * MINUTE + SECOND,
      tokenEndsAt: NOW + 14 * MINUTE + SECOND,
    }),
    lease('L4', {
      client: 'tray',
      account: 'svix/first',
      kind: 'dedicated',
      openedAt: NOW - 10 * MINUTE,
      endsAt: NOW + 3 * HOUR + SECOND,
    }),
  ],
  clients: [
    tool('backup', { accounts: ['sftpgo/home'], lastUsedAt: NOW - 3 * MINUTE }),
    tool('deploy', { accounts: ['koyeb/work', 'svix/first'] }),
  ],
}

const longName = `sftpgo/${'a-very-long-name-of-an-account.'.repeat(2)}x`

/** The longest possible texts. */
export const long: Snapshot = {
  ...full,
  accounts: [
    account(longName, {
      label: `an.unusually.long.user.name.of.somebody@${'department.'.repeat(5)}example.com`,
      leases: 2,
      sessionEndsAt: NOW + 3 * DAY,
      operations: ['rotate'],
    }),
    account(`koyeb/${'w'.repeat(64)}`, {
      state: 'login_required',
      label: 'x'.repeat(120),
      leases: 1,
    }),
  ],
  leases: [
    lease('L7', { token: 'session', account: longName, reason: 'a reason '.repeat(12).trim() }),
    lease('L8', { token: 'session', account: longName, client: 'd'.repeat(64) }),
    lease('L9', {
      client: 'c'.repeat(64),
      account: `koyeb/${'w'.repeat(64)}`,
      reason: `${'a reason that goes on and on '.repeat(5)}${'y'.repeat(60)}`,
    }),
  ],
  copied: { account: `koyeb/${'w'.repeat(64)}`, form: 'header', clearsAt: NOW + 24 * SECOND },
  clients: [tool('n'.repeat(64), { accounts: [`koyeb/${'w'.repeat(64)}`, longName] })],
  status: {
    ...empty.status,
    pending: 3,
    notices: [`A settings file could not be read and was set aside: /home/${'long/'.repeat(20)}x`],
  },
}

/** The tokens that a service lists, one of each origin. */
export const tokens: readonly ListedTokenView[] = [
  {
    id: '5f0c2a9e-1111-4a4b-9c9c-0123456789ab',
    framework: 'glow-api',
    createdAt: NOW - 2 * HOUR,
    expiresAt: NOW + 7 * DAY,
    ours: 'yes',
    use: 'session',
    clients: ['backup', 'cli'],
  },
  {
    id: '77aa0000-2222-4a4b-9c9c-0123456789ab',
    framework: 'bright',
    createdAt: NOW - 40 * DAY,
    ours: 'no',
  },
  {
    id: '88bb0000-3333-4a4b-9c9c-0123456789ab',
    createdAt: NOW - 3 * DAY,
    expiresAt: NOW + 4 * DAY,
    ours: 'maybe',
  },
]

/** Activity over two days, with refusals. */
export const activity: readonly ActivityView[] = [
  {
    ...{ id: 9, at: NOW - MINUTE, what: 'Token handed out', who: 'deploy · koyeb/work' },
    detail: 'deploy of web 1.4.2',
  },
  {
    ...{ id: 8, at: NOW - 3 * MINUTE, what: 'Token handed out' },
    who: 'you, on the command line · sftpgo/home',
  },
  {
    ...{ id: 7, at: NOW - 20 * MINUTE, what: 'Refused: not allowed', isRefusal: true },
    who: 'backup · svix/first',
  },
  {
    ...{ id: 6, at: NOW - HOUR, what: 'Account settings changed' },
    ...{ who: 'koyeb/work · by you, in the window' },
    detail: 'Token lifetime: 15 minutes (before: 1 hour)',
  },
  {
    ...{ id: 5, at: NOW - 2 * HOUR, what: 'Logged in' },
    who: 'svix/first · by you, in the window',
  },
  {
    ...{ id: 4, at: NOW - 3 * HOUR, what: 'Locked', who: 'by Tokentray' },
    detail: 'The screen was locked, or the computer went to sleep.',
  },
  {
    ...{ id: 3, at: NOW - 11 * HOUR, what: 'Active token closed: tool removed' },
    who: 'editor · sftpgo/home · by you, on the command line',
  },
  {
    ...{ id: 2, at: NOW - 11 * HOUR, what: 'Tool removed' },
    who: 'editor · by you, on the command line',
  },
  {
    ...{ id: 1, at: NOW - 12 * HOUR, what: 'Logged out' },
    who: 'giantswarm/old · by you, in the tray menu',
  },
]
