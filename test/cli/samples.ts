import { ownVersion } from '../../main/base/version.ts'
import type {
  AccountAnswer,
  AccountsAnswer,
  AddedClientAnswer,
  ClientsAnswer,
  EndAnswer,
  FieldAnswer,
  LeasesAnswer,
  ListedTokenAnswer,
  PortalAnswer,
  ProvidersAnswer,
  StatusAnswer,
  TokenAnswer,
} from '../../main/loopback/schemas/wire.ts'
import { markedSecret } from '../helpers/marks.ts'
import type { Route } from './endpoint.ts'

/** The moment at which the tests of the command line take place, epoch milliseconds. */
export const NOW = Date.UTC(2030, 0, 2, 3, 4, 5)
const seconds = (fromNow: number) => NOW / 1000 + fromNow

const fields: readonly FieldAnswer[] = [
  { name: 'url', label: 'Address', kind: 'url', required: true, help: 'Where the server is.' },
  {
    name: 'role',
    label: 'Role',
    kind: 'choice',
    required: true,
    default: 'user',
    choices: [
      { value: 'user', label: 'User' },
      { value: 'admin', label: 'Administrator' },
    ],
  },
  { name: 'username', label: 'User name', kind: 'text', required: true },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'code',
    label: 'One-time code',
    kind: 'code',
    required: false,
    shape: { pattern: '([0-9] *){6}', means: 'six digits' },
  },
  { name: 'caFile', label: 'CA file', kind: 'file', required: false },
]

/** A form with a choice that the others depend on, and one that depends on another's choice. */
export const alternativeFields: readonly FieldAnswer[] = [
  {
    name: 'way',
    label: 'Log in with',
    kind: 'choice',
    required: false,
    default: 'key',
    choices: [
      { value: 'key', label: 'Key' },
      { value: 'password', label: 'Password' },
    ],
  },
  { name: 'key', label: 'Key', kind: 'secret', required: true, when: { field: 'way', is: 'key' } },
  {
    name: 'email',
    label: 'Email',
    kind: 'text',
    required: true,
    when: { field: 'way', is: 'password' },
  },
  {
    name: 'password',
    label: 'Password',
    kind: 'secret',
    required: true,
    when: { field: 'way', is: 'password' },
  },
  {
    name: 'factor',
    label: 'Second factor',
    kind: 'choice',
    required: false,
    default: 'none',
    choices: [
      { value: 'none', label: 'None' },
      { value: 'pin', label: 'PIN' },
    ],
    when: { field: 'way', is: 'password' },
  },
  {
    name: 'device',
    label: 'Device',
    kind: 'text',
    required: true,
    when: { field: 'factor', is: 'pin' },
  },
  {
    name: 'pin',
    label: 'PIN',
    kind: 'secret',
    required: true,
    when: { field: 'factor', is: 'pin' },
  },
  { name: 'note', label: 'Note', kind: 'text', required: false },
]

/** A form whose key may stand behind several accounts. */
const sharing: readonly FieldAnswer[] = [
  { name: 'application', label: 'Application', kind: 'text', required: true },
  { name: 'key', label: 'API key', kind: 'secret', required: true },
  {
    name: 'region',
    label: 'Region',
    kind: 'choice',
    required: false,
    default: 'auto',
    choices: [
      { value: 'auto', label: 'As the key says' },
      { value: 'eu', label: 'European Union' },
    ],
  },
  { name: 'url', label: 'Address', kind: 'url', required: false },
]

export const account: AccountAnswer = {
  id: 'sftpgo/work',
  uid: 'a1'.repeat(16),
  provider: 'sftpgo',
  label: 'alice at files.example.com',
  values: { url: 'https://files.example.com', role: 'user', username: 'alice' },
  state: 'signed_in',
  needs_code: false,
  lease_kind: 'shared',
  lease_kinds: ['shared', 'dedicated'],
  lease_seconds: 900,
  leases: 2,
  operations: ['rotate'],
  secret_fields: ['password'],
  session_ends_at: seconds(750),
}

export const status: StatusAnswer = {
  version: ownVersion,
  pid: 4711,
  instance: 'test',
  issuer: 'http://127.0.0.1:4711',
  log_file: '/data/tokentray.log',
  locked: false,
  vault: { kind: 'keychain', state: 'ready' },
  work_off: { state: 'done', remaining: 0, revoked: 0, expired: 0, until_expiry: 0 },
  accounts: 1,
  leases: 2,
  pending: 0,
  until_expiry: 0,
  expired: 0,
  silent_hosts: [],
  notices: [],
}

export const token: TokenAnswer = {
  access_token: markedSecret('token'),
  token_type: 'giantswarm',
  expires_in: 600,
  headers: { Authorization: `giantswarm ${markedSecret('header')}`, 'X-Second': 'two' },
  lease_id: 'l1',
  account: 'sftpgo/work',
  min_validity_met: true,
}

export const svixAccount: AccountAnswer = {
  ...account,
  id: 'svix/first',
  provider: 'svix',
  label: 'app_1 at api.example.com',
  values: { application: 'app_1', region: 'auto' },
  lease_kind: 'dedicated',
  lease_kinds: ['dedicated'],
  operations: ['list_tokens', 'revoke_token', 'revoke_all', 'rotate', 'portal'],
  revoke_all_hits: 'every portal session of app_1, including those of customers',
  caution: 'Tokens may live on.',
  secret_fields: ['key'],
}

export const listedToken: ListedTokenAnswer = {
  id: 't1',
  framework: 'v0-1',
  created_at: seconds(-7200),
  expires_at: seconds(800),
  ours: 'yes',
  use: 'session',
}

export const portal: PortalAnswer = {
  url: `https://portal.example.com/login#key=${markedSecret('portal')}`,
  lease_id: 'l7',
  ends_at: seconds(3600),
}

export const addedClient: AddedClientAnswer = {
  id: 'c1',
  name: 'backup',
  accounts: ['sftpgo/work'],
  created_at: seconds(-7200),
  secret: markedSecret('client'),
}

const { secret: _, ...client } = addedClient
const clients: ClientsAnswer = { clients: [client] }
const accounts: AccountsAnswer = { accounts: [account, svixAccount] }
const none: EndAnswer = { leases: [] }
const ended: EndAnswer = {
  leases: [
    { lease_id: 'l1', account: 'sftpgo/work', at_service: 'ended' },
    {
      lease_id: 'l2',
      account: 'sftpgo/work',
      at_service: 'pending',
      waits_for: 'service',
      why: 'It is down.',
    },
    { lease_id: 'l3', account: 'sftpgo/work', at_service: 'shared', ends_at: seconds(65) },
    { lease_id: 'l4', account: 'sftpgo/work', at_service: 'until_expiry', why: 'It cannot.' },
  ],
}
const leases: LeasesAnswer = {
  leases: [
    {
      id: 'l1',
      client: 'backup',
      account: 'sftpgo/work',
      kind: 'shared',
      opened_at: seconds(-100),
      ends_at: seconds(800),
      expires_in: 800,
      reason: 'nightly',
    },
  ],
}
const providers: ProvidersAnswer = {
  providers: [
    {
      id: 'sftpgo',
      title: 'SFTPGo',
      summary: 'Files',
      fields: [...fields],
      shares_credential: false,
    },
    {
      id: 'giantswarm',
      title: 'Giant Swarm',
      summary: 'Clusters',
      fields: [{ name: 'password', label: 'Password', kind: 'secret', required: true }],
      shares_credential: false,
    },
    {
      id: 'twoway',
      title: 'Two ways',
      summary: 'x',
      fields: [...alternativeFields],
      shares_credential: false,
    },
    {
      id: 'svix',
      title: 'Svix',
      summary: 'Webhooks',
      fields: [...sharing],
      shares_credential: true,
    },
  ],
}

/** What the played endpoint answers where a test does not say otherwise. */
export const samples: Readonly<Record<Route, object>> = {
  'GET /v1/status': status,
  'GET /v1/providers': providers,
  'GET /v1/accounts': accounts,
  'POST /v1/accounts': account,
  'POST /v1/accounts/check': {},
  'POST /v1/accounts/find': { id: account.id, provider: 'sftpgo', state: 'signed_in' },
  'POST /v1/accounts/*/login': account,
  'POST /v1/accounts/*/logout': ended,
  'PATCH /v1/accounts/*': { ...account, id: 'sftpgo/home', lease_seconds: 60 },
  'DELETE /v1/accounts/*': none,
  'GET /v1/accounts/*/tokens': { tokens: [listedToken] },
  'POST /v1/accounts/*/tokens/revoke': { id: 't1', at_service: 'ended', leases: [] },
  'POST /v1/accounts/*/tokens/revoke-all': none,
  'POST /v1/accounts/*/rotate': none,
  'POST /v1/accounts/*/portal': portal,
  'POST /v1/tokens': token,
  'GET /v1/clients': clients,
  'POST /v1/clients': addedClient,
  'PATCH /v1/clients/*': { ...client, leases: [] },
  'POST /v1/clients/*/secret': addedClient,
  'DELETE /v1/clients/*': none,
  'GET /v1/leases': leases,
  'POST /v1/leases/end': ended,
  'POST /v1/activity': { lines: [], last: 0 },
  'GET /v1/export': {
    ...{ format: 'tokentray-export', version: 1, written_by: ownVersion },
    accounts: [{ provider: 'sftpgo', name: 'work', values: { username: 'alice' } }],
    ...{ tools: [], preferences: { lock_on_sleep: true } },
  },
  'POST /v1/import': {
    accounts: { added: ['sftpgo/work'], existing: [], refused: [] },
    tools: { added: [], existing: [], refused: [] },
    preferences: { changed: [], kept: [] },
  },
  'POST /v1/lock': {},
  'POST /v1/unlock': {},
  'POST /v1/reset': {},
}
