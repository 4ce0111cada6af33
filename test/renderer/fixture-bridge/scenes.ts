import { toTokentrayError } from '../../../main/base/errors.ts'
import { forWindow } from '../../../main/base/text/hints.ts'
import { requireEncryption } from '../../../main/providers/http/base-url.ts'
import type { EndedView } from '../../../preload/contract.ts'
import type { Failure } from '../../../preload/failure.ts'
import type { Snapshot } from '../../../preload/snapshot.ts'
import { everyday } from './everyday.ts'
import type { Answer } from './install.ts'
import { large } from './large.ts'
import { account, activity, empty, full, lease, long, NOW, tokens, tool } from './snapshots.ts'

/** A screen in one state: the bridge's answers, and the clicks that lead there. */
export interface NamedScene {
  readonly name: string
  readonly snapshot: Snapshot
  readonly answers?: Readonly<Record<string, readonly Answer[]>>
  /** Names of buttons, menu items and tabs to click, starting at the accounts. */
  readonly clicks?: readonly string[]
  /** Texts to type, by label; then the form is sent if `send` is set. */
  readonly typed?: Readonly<Record<string, string>>
  readonly send?: boolean
  /** The snapshot that the bridge pushes at the end. */
  readonly afterwards?: Snapshot
  /** Hundreds of controls, of kinds that other scenes have: too many to walk over. */
  readonly isLarge?: true
}

const value = (given: unknown): readonly Answer[] => [{ value: given }]
const failure = (code: string, message: string, hint: string): readonly Answer[] => [
  { failure: { code, message, hint } satisfies Failure },
]
/** The program's own refusal of an http address. */
function plainHttp(): readonly Answer[] {
  try {
    requireEncryption(new URL('http://files.example.com'))
    return []
  } catch (error) {
    const { code, message, hint, field } = toTokentrayError(error)
    return [
      { failure: { code, message, hint: forWindow(hint), ...(field !== undefined && { field }) } },
    ]
  }
}
/** No active tokens. */
const unheld: Snapshot = {
  ...full,
  accounts: full.accounts.map((each) => ({ ...each, leases: 0 })),
  leases: [],
}
const status = (change: Partial<Snapshot['status']>, of: Snapshot = full): Snapshot => ({
  ...of,
  status: { ...of.status, ...change },
})
const lasting: Readonly<Record<string, readonly Answer[]>> = {
  activity: value({ lines: activity }),
  listTokens: value({ tokens }),
}
const ended: readonly EndedView[] = [
  {
    ...{ token: 'session of sftpgo/home' },
    client: 'backup',
    account: 'sftpgo/home',
    atService: 'shared',
    endsAt: NOW + 720_000,
  },
  {
    ...{ token: 'token of L3' },
    client: 'deploy',
    account: 'koyeb/work',
    atService: 'until_expiry',
    endsAt: NOW + 840_000,
  },
  { token: 'token of L4', client: 'tray', account: 'svix/first', atService: 'ended' },
]
const missing = {
  code: 'vault_unavailable',
  message: 'There is no Secret Service on this session bus.',
  hint: 'On Linux, install gnome-keyring and log in again, or keep passwords in memory only.',
}

/** Unrevoked tokens: one that is retried, one that cannot be revoked. */
const lingering: Snapshot['lingering'] = [
  {
    ...{ id: 'T1', uid: 'sftpgo/home', account: 'sftpgo/home', use: 'lease', client: 'backup' },
    ...{ atService: 'pending', why: 'files.example.com refused the connection.' },
    madeAt: NOW - 300_000,
    ...{ retryAt: NOW + 40_000, endsAt: NOW + 600_000 },
  },
  {
    ...{ id: 'T2', uid: 'koyeb/work', account: 'koyeb/work', use: 'lease', client: 'deploy' },
    madeAt: NOW - 300_000,
    ...{ atService: 'until_expiry', why: 'Koyeb cannot revoke it.', endsAt: NOW + 840_000 },
  },
]
const silentHost = {
  host: 'files.example.com',
  until: NOW + 1_860_000,
  brief: 'Left alone until about 12:31: files.example.com',
  message:
    'files.example.com has blocked this computer. Tokentray leaves it alone until about 12:31.',
  hint: 'Ask the administrator of the server.',
}
const silenced: Snapshot = {
  ...full,
  accounts: full.accounts.map((each) =>
    each.id === 'sftpgo/home' ? { ...each, silentHost } : each,
  ),
}

/** What users call and mark their accounts, in several scripts, in every color. */
const looks: Snapshot = {
  ...full,
  accounts: [
    ...(
      [
        ['sftpgo/production', 'Продакшн', 'red', true],
        ['koyeb/account', '本番', 'orange', true],
        ['svix/grosse-kunde', 'Größe Kunde', 'yellow'],
        ['glowmarkt/flat', 'إنتاج', 'green'],
        ['giantswarm/test', 'Test 🚀', 'blue'],
        [
          'sftpgo/staging',
          'A display name that is as long as a display name can be, 60..',
          'purple',
        ],
        ['rotating/old', 'Archive', 'grey'],
      ] as const
    ).map(([id, displayName, color, pinned]) =>
      account(id, { displayName, color, ...(pinned && { pinned }) }),
    ),
    account('custom/plain', { providerTitle: 'Custom' }),
  ],
  leases: [],
  clients: [],
}
const crowd = large({ accounts: 250, leases: 200, clients: 50 })

/** An account whose credential no longer works. */
const refused: Snapshot = {
  ...full,
  revision: full.revision + 1,
  accounts: full.accounts.map((each) =>
    each.id === 'koyeb/work' ? { ...each, state: 'login_required' } : each,
  ),
}
/** Two hundred tokens of fifty tools for a hundred accounts. */
const many: Snapshot = {
  ...full,
  accounts: Array.from({ length: 100 }, (_, index) =>
    account(`sftpgo/a${index}`, { leases: 2, label: `user${index} at files.example.com` }),
  ),
  clients: Array.from({ length: 50 }, (_, index) =>
    tool(`tool-${index}`, { accounts: [`sftpgo/a${index}`], lastUsedAt: NOW - index * 60_000 }),
  ),
  leases: Array.from({ length: 200 }, (_, index) =>
    lease(`M${index}`, {
      ...{ client: `tool-${index % 50}`, account: `sftpgo/a${index % 100}` },
      openedAt: NOW - index * 1_000,
    }),
  ),
}

/** A tool that was just connected. */
const fresh: Snapshot = {
  ...full,
  clients: full.clients.map((each) =>
    each.name === 'deploy' ? { ...each, hasFreshSecret: true } : each,
  ),
}
const CURL_LINE =
  "curl --noproxy '*' -sS -w '\\n' -K /home/alice/deploy.curl -d grant_type=client_credentials -d audience=koyeb/work http://127.0.0.1:41235/oauth/token"
const open = (account: string) => [account]
const menu = (account: string, item: string) => [`More for ${account}`, item]

/** Every screen, in every state worth a picture. */
export const scenes: readonly NamedScene[] = [
  { name: 'welcome', snapshot: empty },
  { name: 'accounts', snapshot: full },
  { name: 'accounts-everyday', snapshot: everyday },
  {
    name: 'accounts-no-tools',
    snapshot: {
      ...full,
      leases: full.leases.slice(0, 3),
      accounts: full.accounts.slice(0, 2),
      clients: [],
    },
  },
  {
    name: 'accounts-copied',
    snapshot: {
      ...full,
      copied: { account: 'koyeb/work', form: 'token', clearsAt: NOW + 24_000 },
    },
  },
  { name: 'accounts-silent', snapshot: silenced },
  { name: 'account-silent', snapshot: silenced, clicks: open('sftpgo/home') },
  { name: 'account-lingering', snapshot: { ...full, lingering }, clicks: open('koyeb/work') },
  { name: 'leases-lingering', snapshot: { ...full, lingering }, clicks: ['Tokens'] },
  { name: 'accounts-menu', snapshot: full, clicks: ['More for svix/first'] },
  { name: 'accounts-long', snapshot: long },
  {
    name: 'accounts-notices',
    snapshot: status({
      memory: true,
      pending: 2,
      notices: ['A settings file could not be read and was set aside as settings.json.broken-1.'],
    }),
  },
  {
    name: 'accounts-no-tray',
    snapshot: status({
      noTray: true,
      unshown: true,
      notices: ['Notification not shown at 09:30: Active tokens. All were revoked.'],
    }),
  },
  {
    name: 'copy-failed',
    snapshot: full,
    answers: {
      copy: failure(
        'temporarily_unavailable',
        'files.example.com returned an error (502).',
        'Check the network and the address of the account, then try again.',
      ),
    },
    clicks: ['Copy the token of sftpgo/home'],
  },
  {
    name: 'copy-rate-limited',
    snapshot: full,
    answers: {
      copy: failure(
        'rate_limited',
        'app.koyeb.com is limiting requests.',
        'Try again in 40 seconds.',
      ),
    },
    clicks: ['Copy the token of koyeb/work'],
  },
  {
    name: 'copy-login-required',
    snapshot: full,
    afterwards: refused,
    answers: {
      copy: [
        {
          failure: {
            code: 'login_required',
            message: 'koyeb/work needs you to log in again.',
            hint: 'Tools get no tokens for this account until you log in.',
            account: 'koyeb/work',
          },
        },
      ],
    },
    clicks: ['Copy the token of koyeb/work'],
  },
  { name: 'accounts-looks', snapshot: looks },
  { name: 'accounts-many', snapshot: crowd, isLarge: true },
  { name: 'accounts-found', snapshot: crowd, typed: { 'Search accounts': 'größe kunde 4' } },
  { name: 'accounts-no-match', snapshot: crowd, typed: { 'Search accounts': 'nobody' } },
  { name: 'account-looks', snapshot: looks, clicks: ['SFTPGo: Продакшн'] },
  { name: 'account', snapshot: full, clicks: open('sftpgo/home') },
  { name: 'account-svix', snapshot: full, clicks: open('svix/first') },
  { name: 'account-caution', snapshot: full, clicks: open('koyeb/work') },
  { name: 'account-login-required', snapshot: full, clicks: open('sftpgo/admin') },
  { name: 'account-long', snapshot: long, clicks: open(long.accounts[0]?.id ?? '') },
  { name: 'log-out', snapshot: full, clicks: menu('sftpgo/home', 'Log out…') },
  { name: 'remove', snapshot: full, clicks: menu('sftpgo/home', 'Remove…') },
  { name: 'rotate', snapshot: full, clicks: menu('sftpgo/home', 'Rotate tokens…') },
  { name: 'revoke-all-tokens', snapshot: full, clicks: menu('svix/first', 'Revoke all tokens…') },
  {
    name: 'revoke-all-tokens-typing',
    snapshot: full,
    clicks: [...menu('svix/first', 'Revoke all tokens…'), 'Continue'],
  },
  { name: 'add', snapshot: full, clicks: ['Add account'] },
  { name: 'add-sftpgo', snapshot: full, clicks: ['Add account', 'SFTPGo'] },
  { name: 'add-sftpgo-more', snapshot: full, clicks: ['Add account', 'SFTPGo', 'More options'] },
  { name: 'add-svix-like', snapshot: full, clicks: ['Add account', 'Svix', 'More options'] },
  {
    name: 'add-field-error',
    snapshot: full,
    answers: {
      addAccount: plainHttp(),
    },
    clicks: ['Add account', 'SFTPGo'],
    typed: { Address: 'http://files.example.com', 'User name': 'alice', Password: 'typed' },
    send: true,
  },
  {
    name: 'add-otp',
    snapshot: full,
    answers: {
      addAccount: failure(
        'otp_required',
        'files.example.com did not accept the password, or needs a one-time code.',
        'Enter the password again, and a code if you use two-factor authentication.',
      ),
    },
    clicks: ['Add account', 'SFTPGo'],
    typed: { Address: 'https://files.example.com', 'User name': 'alice', Password: 'typed' },
    send: true,
  },
  {
    name: 'add-sending',
    snapshot: full,
    answers: { addAccount: ['hold'] },
    clicks: ['Add account', 'Glowmarkt'],
    typed: { 'User name': 'bob@example.org', Password: 'typed' },
    send: true,
  },
  { name: 'log-in-again', snapshot: full, clicks: ['Log in to sftpgo/admin'] },
  { name: 'leases', snapshot: full, clicks: ['Tokens'] },
  { name: 'leases-none', snapshot: unheld, clicks: ['Tokens'] },
  {
    name: 'leases-unknown',
    snapshot: status({ vault: 'vault_locked', vaultProblem: missing, tokensUnknown: true }, unheld),
    clicks: ['Tokens'],
  },
  { name: 'leases-long', snapshot: long, clicks: ['Tokens'] },
  { name: 'revoke-all', snapshot: full, clicks: ['Tokens', 'Revoke all'] },
  {
    name: 'leases-revoked',
    snapshot: full,
    answers: { endAll: value({ ended }) },
    clicks: ['Tokens', 'Revoke all', 'Revoke all'],
  },
  {
    name: 'tokens',
    snapshot: full,
    answers: lasting,
    clicks: menu('glowmarkt/flat', 'All tokens…'),
  },
  {
    name: 'tokens-revoke-foreign',
    snapshot: full,
    answers: lasting,
    clicks: [...menu('glowmarkt/flat', 'All tokens…'), `Revoke token ${tokens[1]?.id}`],
  },
  {
    name: 'tokens-failed',
    snapshot: full,
    answers: {
      listTokens: failure(
        'temporarily_unavailable',
        'api.glowmarkt.com cannot be reached.',
        'Check the network and the address of the account, then try again.',
      ),
    },
    clicks: menu('glowmarkt/flat', 'All tokens…'),
  },
  { name: 'portal', snapshot: full, clicks: menu('svix/first', 'Portal…') },
  { name: 'leases-many', snapshot: many, clicks: ['Tokens'], isLarge: true },
  { name: 'tools', snapshot: full, clicks: ['Tools'] },
  { name: 'tools-none', snapshot: { ...full, clients: [] }, clicks: ['Tools'] },
  { name: 'tools-no-accounts', snapshot: empty, clicks: ['Tools'] },
  { name: 'tools-many', snapshot: many, clicks: ['Tools'], isLarge: true },
  { name: 'tools-long', snapshot: long, clicks: ['Tools'] },
  { name: 'add-tool', snapshot: full, clicks: ['Tools', 'Connect a tool'] },
  {
    name: 'add-tool-errors',
    snapshot: many,
    clicks: ['Tools', 'Connect a tool', 'Connect'],
  },
  { name: 'tool', snapshot: full, clicks: ['Tools', 'backup'] },
  { name: 'tool-fresh', snapshot: fresh, clicks: ['Tools', 'deploy'] },
  {
    name: 'tool-saved',
    snapshot: fresh,
    answers: { saveToolSecret: value({ line: CURL_LINE }) },
    clicks: ['Tools', 'deploy', 'Save to file…'],
    afterwards: { ...full, revision: full.revision + 1 },
  },
  { name: 'tool-accounts', snapshot: full, clicks: ['Tools', 'deploy', 'Change'] },
  { name: 'tool-long', snapshot: long, clicks: ['Tools', long.clients[0]?.name ?? ''] },
  { name: 'tool-new-secret', snapshot: full, clicks: ['Tools', 'deploy', 'New secret…'] },
  { name: 'tool-remove', snapshot: full, clicks: ['Tools', 'deploy', 'Remove…'] },
  { name: 'activity', snapshot: full, answers: lasting, clicks: ['Activity'] },
  {
    name: 'activity-more',
    snapshot: full,
    answers: { activity: value({ lines: activity.slice(0, 3), next: '1.1.7' }) },
    clicks: ['Activity'],
  },
  {
    name: 'activity-filters',
    snapshot: full,
    answers: lasting,
    clicks: ['Activity', 'Filters'],
  },
  {
    name: 'activity-exported',
    snapshot: full,
    answers: { ...lasting, exportActivity: value({ lines: 1_204, gaps: 2 }) },
    clicks: ['Activity', 'Export…'],
  },
  {
    name: 'activity-none',
    snapshot: full,
    answers: { activity: value({ lines: [] }) },
    clicks: ['Activity'],
    typed: { 'Search activity': 'nightly' },
  },
  { name: 'settings', snapshot: full, clicks: ['Settings'] },
  { name: 'settings-about', snapshot: full, clicks: ['Settings', 'About'] },
  {
    name: 'settings-imported',
    snapshot: full,
    answers: {
      importSettings: value({
        accounts: {
          ...{ added: ['sftpgo/archive', 'svix/second'], existing: ['sftpgo/home'] },
          refused: [{ entry: 'account 4', why: 'This version does not have its service.' }],
        },
        tools: { added: ['nightly'], existing: [], refused: [] },
        preferences: { changed: 2, kept: 1 },
      }),
    },
    clicks: ['Settings', 'Backup', 'Import…'],
  },
  { name: 'reset', snapshot: full, clicks: ['Settings', 'Reset…'] },
  {
    name: 'licenses',
    snapshot: full,
    answers: {
      licenses: value({
        licenses: [
          { name: 'fastify', version: '5.12.8', license: 'MIT', text: 'MIT License\n\nCopyright' },
          { name: 'unlicensed', version: '1.0.0', license: '', text: '' },
        ],
      }),
    },
    clicks: ['Settings', 'Licenses'],
  },
  { name: 'locked', snapshot: status({ locked: true }) },
  { name: 'starting', snapshot: { ...empty, phase: 'starting' } },
  { name: 'stopping', snapshot: { ...full, phase: 'stopping' } },
  {
    name: 'blocked-agent',
    snapshot: { ...empty, phase: 'blocked', otherBroker: { kind: 'agent', pid: 4711 } },
  },
  {
    name: 'blocked-unknown',
    snapshot: { ...empty, phase: 'blocked', otherBroker: { kind: 'unknown', pid: null } },
  },
  {
    name: 'keychain-missing',
    snapshot: status({ vault: 'vault_unavailable', vaultProblem: missing }, empty),
  },
  {
    name: 'keychain-missing-accounts',
    snapshot: status({ vault: 'vault_unavailable', vaultProblem: missing }),
  },
  { name: 'keychain-locked', snapshot: status({ vault: 'vault_locked' }) },
  {
    name: 'unreachable',
    snapshot: empty,
    answers: {
      snapshot: failure(
        'server_error',
        'Internal error.',
        'Please report what tokentray.log in the data folder says.',
      ),
    },
  },
]
