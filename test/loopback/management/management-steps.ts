import type { z } from 'zod'
import * as schemas from '../../../main/loopback/schemas/schemas.ts'
import { providers } from '../../../main/providers/index.ts'
import type { TestLoopback } from '../../helpers/make-loopback.ts'
import type { GlowmarktToken } from '../../simulators/glowmarkt-tokens.ts'
import { HOME, SHOP } from '../token-accounts.ts'

/** The values in the bodies of the steps. */
export interface Scene {
  readonly endpoint: TestLoopback
  /** A Glowmarkt token of another program. */
  readonly phone: GlowmarktToken
}

/** A successful call of one route, and a refused one. */
export interface Step {
  /** The route as in the OpenAPI document. */
  readonly route: string
  /** The path of the call, if it differs from the route. */
  readonly path?: string
  readonly body?: (scene: Scene) => object
  readonly answer: z.ZodType
  /** The expected response besides its schema; omitted if other tests check it. */
  readonly says?: (scene: Scene) => object
  /** What it records, besides what services do by themselves; empty if it only reads. */
  readonly records: readonly string[]
  readonly status?: number
  /** A refused call of the same route. */
  readonly refused: {
    readonly path?: string
    readonly body?: unknown
    readonly status: number
    readonly code: string
  }
}

const UNKNOWN = { status: 404, code: 'not_found' } as const
const UNABLE = { status: 400, code: 'not_supported' } as const
const INVALID = { status: 400, code: 'invalid_request' } as const
const ALICE = '/v1/accounts/sftpgo/alice'
const NOBODY = '/v1/accounts/sftpgo/nobody'
const alice = ({ endpoint }: Scene) => ({
  provider: 'sftpgo',
  name: 'alice',
  values: { url: endpoint.sftpgo.url, username: 'alice' },
  secrets: { password: endpoint.passwords.alice },
})

const seconds = ({ clock }: TestLoopback) => clock.now() / 1_000

/** Every route once with success, in an order in which they can be called, and once refused. */
export const steps: readonly Step[] = [
  {
    route: 'GET /v1/health',
    records: [],
    answer: schemas.healthAnswer,
    says: () => ({ status: 'ok' }),
    refused: { path: '/v1/health/', ...UNKNOWN },
  },
  {
    route: 'GET /v1/status',
    records: [],
    answer: schemas.statusAnswer,
    says: ({ endpoint }) => ({
      ...{ version: '1.2.3', pid: process.pid, instance: 'test', issuer: endpoint.issuer },
      log_file: '/data/tokentray.log',
      ...{ locked: false, vault: { kind: 'memory', state: 'ready' } },
      ...{ accounts: 2, leases: 0, sessions: 1, pending: 0, until_expiry: 0, expired: 0 },
      work_off: { state: 'done', remaining: 0, revoked: 0, expired: 0, until_expiry: 0 },
      ...{ silent_hosts: [], notices: [] },
    }),
    refused: { path: '/v1/status?x=1', ...INVALID },
  },
  {
    route: 'GET /v1/providers',
    records: [],
    answer: schemas.providersAnswer,
    says: () => ({
      providers: providers.map(({ id, title, summary, fields }) => ({
        ...{ id, title, summary },
        fields: fields.map(({ name, label, kind }) => ({ name, label, kind })),
      })),
    }),
    refused: { path: '/v1/providers/sftpgo', ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts',
    records: ['login', 'account_added'],
    body: alice,
    answer: schemas.accountAnswer,
    status: 201,
    refused: {
      body: { provider: 'nothing', values: {}, secrets: {} },
      ...INVALID,
    },
  },
  {
    route: 'POST /v1/accounts/check',
    records: [],
    body: ({ endpoint }) => ({
      provider: 'sftpgo',
      values: { url: endpoint.sftpgo.url, username: 'zoe' },
    }),
    answer: schemas.emptyAnswer,
    refused: { body: { provider: 'sftpgo', values: { url: 'http://far.example' } }, ...INVALID },
  },
  {
    route: 'POST /v1/accounts/find',
    records: [],
    body: ({ endpoint }) => ({ url: endpoint.sftpgo.url }),
    answer: schemas.grantedAccountAnswer,
    says: () => ({ id: 'sftpgo/alice', provider: 'sftpgo', state: 'signed_in' }),
    refused: { body: { url: 'https://far.example' }, ...UNKNOWN },
  },
  {
    route: 'GET /v1/accounts',
    records: [],
    answer: schemas.accountsAnswer,
    says: ({ endpoint }) => ({
      accounts: [
        {
          ...{ id: 'glowmarkt/home', provider: 'glowmarkt', values: { username: 'alice' } },
          ...{ state: 'signed_in', needs_code: false, lease_kind: 'dedicated', lease_seconds: 900 },
          operations: ['list_tokens', 'revoke_token', 'rotate'],
        },
        {
          ...{ id: 'svix/shop', provider: 'svix', values: { application: 'app_shop' } },
          revoke_all_hits: 'every portal session of app_shop, including those of customers',
          ...{ operations: ['revoke_all', 'rotate', 'portal'], secret_fields: ['key'] },
        },
        {
          ...{ id: 'sftpgo/alice', provider: 'sftpgo', lease_kinds: ['shared', 'dedicated'] },
          ...{ values: { url: endpoint.sftpgo.url, username: 'alice' }, leases: 0 },
          ...{ operations: ['rotate'], secret_fields: ['password'] },
        },
      ],
    }),
    refused: { path: '/v1/accounts?all=1', ...INVALID },
  },
  {
    route: 'PATCH /v1/accounts/{provider}/{name}',
    records: ['account_changed'],
    path: ALICE,
    body: () => ({ lease_seconds: 600 }),
    answer: schemas.accountAnswer,
    says: () => ({ id: 'sftpgo/alice', lease_seconds: 600 }),
    refused: { path: ALICE, body: { lease_seconds: 29 }, ...INVALID },
  },
  {
    route: 'POST /v1/tokens',
    records: ['issue'],
    body: () => ({ account: 'sftpgo/alice', reason: 'to see', min_validity: 60 }),
    answer: schemas.tokenAnswer,
    refused: { body: { account: 'sftpgo/nobody' }, ...UNKNOWN },
  },
  {
    route: 'GET /v1/accounts/{provider}/{name}/tokens',
    records: [],
    path: `${HOME}/tokens`,
    answer: schemas.listedTokensAnswer,
    says: ({ endpoint, phone }) => ({
      tokens: [
        { ours: 'yes', use: 'session', clients: [], created_at: seconds(endpoint) },
        { id: phone.tokenId, ours: 'no', created_at: seconds(endpoint) },
      ],
    }),
    refused: { path: `${ALICE}/tokens`, ...UNABLE },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/tokens/revoke',
    records: ['revoke_token'],
    path: `${HOME}/tokens/revoke`,
    body: ({ phone }) => ({ id: phone.tokenId }),
    answer: schemas.revokedTokenAnswer,
    refused: { path: `${HOME}/tokens/revoke`, body: { id: 'nothing' }, ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/tokens/revoke-all',
    records: ['revoke_all'],
    path: `${SHOP}/tokens/revoke-all`,
    body: () => ({ confirm: 'svix/shop' }),
    answer: schemas.endAnswer,
    refused: { path: `${SHOP}/tokens/revoke-all`, body: { confirm: 'svix/yard' }, ...INVALID },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/rotate',
    records: ['rotate'],
    path: `${HOME}/rotate`,
    answer: schemas.endAnswer,
    refused: { path: `${NOBODY}/rotate`, ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/portal',
    records: ['portal'],
    path: `${SHOP}/portal`,
    body: () => ({}),
    answer: schemas.portalAnswer,
    refused: { path: `${SHOP}/portal`, body: { application: '' }, ...INVALID },
  },
  {
    route: 'POST /v1/clients',
    records: ['client_added', 'grant_added'],
    body: () => ({ name: 'tool', accounts: ['sftpgo/alice', 'sftpgo/alice'] }),
    answer: schemas.addedClientAnswer,
    status: 201,
    refused: {
      body: { name: 'tool', accounts: ['sftpgo/alice'] },
      status: 409,
      code: 'already_exists',
    },
  },
  {
    route: 'GET /v1/clients',
    records: [],
    answer: schemas.clientsAnswer,
    says: ({ endpoint }) => ({
      clients: [{ name: 'tool', accounts: ['sftpgo/alice'], created_at: seconds(endpoint) }],
    }),
    refused: { path: '/v1/clients/tool', status: 405, code: 'method_not_allowed' },
  },
  {
    route: 'PATCH /v1/clients/{name}',
    records: ['client_changed', 'grant_removed', 'grant_added'],
    path: '/v1/clients/tool',
    body: () => ({ accounts: ['svix/shop'], lease_seconds: 300 }),
    answer: schemas.changedClientAnswer,
    says: () => ({ name: 'tool', accounts: ['svix/shop'], lease_seconds: 300, leases: [] }),
    refused: { path: '/v1/clients/tool', body: { accounts: ['sftpgo/nobody'] }, ...UNKNOWN },
  },
  {
    route: 'POST /v1/clients/{name}/secret',
    records: ['client_secret_changed'],
    path: '/v1/clients/tool/secret',
    answer: schemas.addedClientAnswer,
    says: () => ({ name: 'tool', accounts: ['svix/shop'] }),
    refused: { path: '/v1/clients/cli/secret', status: 400, code: 'not_supported' },
  },
  {
    route: 'GET /v1/leases',
    records: [],
    answer: schemas.leasesAnswer,
    says: ({ endpoint }) => ({
      leases: [
        {
          ...{ client: 'cli', account: 'sftpgo/alice', kind: 'shared', reason: 'to see' },
          ...{ opened_at: seconds(endpoint), ends_at: seconds(endpoint) + 600, expires_in: 600 },
        },
        {
          ...{ client: 'cli', account: 'svix/shop', kind: 'dedicated', reason: 'portal' },
          ...{ opened_at: seconds(endpoint), ends_at: seconds(endpoint) + 3_600 },
        },
      ],
      sessions: [
        {
          account: 'glowmarkt/home',
          made_at: seconds(endpoint),
          may_be_out: false,
          revocable: true,
        },
      ],
    }),
    refused: { path: '/v1/leases/x', ...UNKNOWN },
  },
  {
    route: 'POST /v1/leases/end',
    records: ['end'],
    body: () => ({ account: 'sftpgo/alice' }),
    answer: schemas.endAnswer,
    refused: { body: { lease: 'lnothing' }, ...UNKNOWN },
  },
  {
    route: 'POST /v1/activity',
    records: [],
    body: () => ({ account: 'sftpgo/alice', limit: 2 }),
    answer: schemas.activityAnswer,
    says: ({ endpoint }) => ({
      lines: [
        { event: 'token_revoked', account: 'sftpgo/alice', route: 'broker', what: 'Token revoked' },
        {
          ...{ at: seconds(endpoint), event: 'end', client: 'cli', account: 'sftpgo/alice' },
          ...{ route: 'v1', cause: 'asked', who: 'you, on the command line · sftpgo/alice' },
        },
      ],
    }),
    refused: { body: { before: 'yesterday' }, ...INVALID },
  },
  {
    route: 'GET /v1/export',
    records: [],
    answer: schemas.exportDocument,
    says: ({ endpoint }) => ({
      ...{ format: 'tokentray-export', version: 1 },
      accounts: [
        { provider: 'glowmarkt', name: 'home', values: { username: 'alice' } },
        { provider: 'svix', name: 'shop', values: { application: 'app_shop' } },
        {
          ...{ provider: 'sftpgo', name: 'alice', lease_kind: 'shared', lease_seconds: 600 },
          values: { url: endpoint.sftpgo.url, username: 'alice' },
        },
      ],
      preferences: { lease_seconds: 900, lock_on_sleep: true },
    }),
    refused: { path: '/v1/export?tools=1', ...INVALID },
  },
  {
    route: 'POST /v1/import',
    records: ['account_added', 'client_added', 'grant_added', 'settings_imported'],
    body: ({ endpoint }) => ({
      ...{ format: 'tokentray-export', version: 1 },
      accounts: [
        {
          ...{ provider: 'sftpgo', name: 'moved', lease_kind: 'dedicated' },
          values: { url: endpoint.sftpgo.url, username: 'bob' },
        },
        { provider: 'sftpgo', name: 'alice', values: {} },
      ],
      tools: [{ name: 'mover', accounts: ['sftpgo/moved'] }],
    }),
    answer: schemas.importAnswer,
    says: () => ({
      accounts: { added: ['sftpgo/moved'], existing: ['sftpgo/alice'], refused: [] },
      tools: { added: ['mover'], existing: [], refused: [] },
    }),
    refused: { body: { format: 'tokentray-export', version: 2 }, ...INVALID },
  },
  {
    route: 'POST /v1/lock',
    records: ['lock'],
    answer: schemas.emptyAnswer,
    refused: { body: { for: 'ever' }, ...INVALID },
  },
  {
    route: 'POST /v1/unlock',
    records: ['unlock'],
    body: () => ({}),
    answer: schemas.emptyAnswer,
    refused: { body: [], ...INVALID },
  },
  {
    route: 'DELETE /v1/clients/{name}',
    records: ['client_removed', 'grant_removed'],
    path: '/v1/clients/tool',
    answer: schemas.endAnswer,
    refused: { path: '/v1/clients/cli', status: 400, code: 'not_supported' },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/logout',
    records: ['logout'],
    path: `${ALICE}/logout`,
    answer: schemas.endAnswer,
    refused: { path: `${NOBODY}/logout`, ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/login',
    records: ['login'],
    path: `${ALICE}/login`,
    body: ({ endpoint }) => ({ secrets: { password: endpoint.passwords.alice } }),
    answer: schemas.accountAnswer,
    refused: { path: `${NOBODY}/login`, body: {}, ...UNKNOWN },
  },
  {
    route: 'DELETE /v1/accounts/{provider}/{name}',
    records: ['logout', 'account_removed'],
    path: ALICE,
    answer: schemas.endAnswer,
    refused: { path: NOBODY, ...UNKNOWN },
  },
  {
    route: 'POST /v1/reset',
    records: ['reset'],
    body: () => ({ confirm: 'reset' }),
    answer: schemas.emptyAnswer,
    refused: { body: {}, ...INVALID },
  },
]
