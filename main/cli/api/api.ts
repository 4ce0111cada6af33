import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorCode, TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { operations, type RunnableOperation } from '../../base/operations.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import type {
  AccountAnswer,
  AccountsAnswer,
  ActivityAnswer,
  ActivityRequest,
  AddClientRequest,
  AddedClientAnswer,
  ChangeAccountRequest,
  ChangeClientRequest,
  ChangedClientAnswer,
  ClientsAnswer,
  EndAnswer,
  EndRequest,
  ExportDocument,
  FindAccountRequest,
  FoundAccountAnswer,
  ImportAnswer,
  IssueRequest,
  LeasesAnswer,
  ListedTokensAnswer,
  PortalAnswer,
  ProvidersAnswer,
  RevokedTokenAnswer,
  StatusAnswer,
  TokenAnswer,
} from '../../loopback/schemas/wire.ts'
import { type Answer, type Call, sendCall, type Target } from './http-call.ts'
import { toAnswer, toRefusal, toResult } from './response.ts'

/** The values of a form by the names of its fields, secrets excluded. */
export type Values = Readonly<Record<string, string>>

/** What the user entered that must not be shown. */
export interface Entered {
  readonly secrets: Secrets
  /** Present, perhaps empty, once a code was asked for: a refusal is then final. */
  readonly oneTimeCode?: Secret
  /** Try even while requests to the service are paused. */
  readonly tryNow?: true
}

/** The part of a login form that can be checked before a secret is entered. */
export interface CheckedForm {
  readonly provider: string
  /** Left out: derived from the login. */
  readonly name?: string
  /** What the user calls it, in any script. */
  readonly displayName?: string
  readonly values: Values
  /** An account from which values and secrets that are not given are copied. */
  readonly copyFrom?: string
  /** An existing account to log in to again, with these values changed. */
  readonly again?: string
  /** More values follow: missing ones are not an error. */
  readonly unfinished?: true
  /** Try even while requests to the service are paused. */
  readonly tryNow?: true
}

/** A completed login form. */
interface NewAccount extends CheckedForm, Entered {
  /** The uid of the account to copy from. */
  readonly copyFromUid?: string
}

/** A new login of an existing account, with the values to change. */
interface LoginAgain extends Entered {
  readonly values: Values
}

/** An account as it was when the user was asked about it. The uid protects another one that has taken its name. */
type MeantAccount = Pick<AccountAnswer, 'id' | 'uid'>

/** A one-time link, and the lease on the access that it gives. */
export interface Portal extends Omit<PortalAnswer, 'url'> {
  readonly url: Secret
}

/** That a code is needed is an expected outcome of a login; every other refusal is thrown. */
export type LoginOutcome =
  | { readonly kind: 'done'; readonly account: AccountAnswer }
  | { readonly kind: 'otp_required'; readonly refusal: TokentrayError }

/** The management routes; each rejects with the `TokentrayError` that the endpoint answered. */
export interface Api {
  readonly issuer: string
  /** The path of the Unix socket; `null` if there is none. */
  readonly socket: string | null
  status(): Promise<StatusAnswer>
  providers(): Promise<ProvidersAnswer>
  accounts(): Promise<AccountsAnswer>
  /** What is wrong with the form, `null` if nothing is; rejects with errors that are not about the form. */
  check(form: CheckedForm): Promise<TokentrayError | null>
  addAccount(account: NewAccount): Promise<LoginOutcome>
  login(account: MeantAccount, login: LoginAgain): Promise<LoginOutcome>
  logout(account: string): Promise<EndAnswer>
  /** The account that answers for a web address. */
  findAccount(request: FindAccountRequest): Promise<FoundAccountAnswer>
  changeAccount(account: string, change: ChangeAccountRequest): Promise<AccountAnswer>
  removeAccount(account: string): Promise<EndAnswer>
  /** The tokens that the service lists for the account, including those of other programs. */
  tokens(account: string): Promise<ListedTokensAnswer>
  revokeToken(account: MeantAccount, id: string): Promise<RevokedTokenAnswer>
  /** `confirm`: the account once more, where the operation asks for that. */
  run(
    operation: RunnableOperation,
    account: string | MeantAccount,
    confirm?: string,
  ): Promise<EndAnswer>
  /** `application`: another one of the same credential. */
  portal(account: string, application?: string): Promise<Portal>
  issue(request: IssueRequest): Promise<TokenAnswer>
  clients(): Promise<ClientsAnswer>
  addClient(request: AddClientRequest): Promise<AddedClientAnswer>
  changeClient(name: string, request: ChangeClientRequest): Promise<ChangedClientAnswer>
  /** The old secret is refused from then on. */
  newClientSecret(name: string): Promise<AddedClientAnswer>
  removeClient(name: string): Promise<EndAnswer>
  leases(): Promise<LeasesAnswer>
  end(request: EndRequest): Promise<EndAnswer>
  /** A page of the audit record, newest line first. */
  activity(request: ActivityRequest): Promise<ActivityAnswer>
  exportAll(): Promise<ExportDocument>
  importAll(document: ExportDocument): Promise<ImportAnswer>
  lock(): Promise<void>
  unlock(): Promise<void>
  reset(): Promise<void>
}

const DEADLINE_MS = 30_000
/** The status is answered from memory, so a missing response is not going to come. */
const STATUS_DEADLINE_MS = 3_000

const usualPatience: Patience = { deadlineMs: DEADLINE_MS, lookMs: 10_000 }
/** For calls without a deadline of their own. */
const LONGEST_MS = 86_400_000

const FAULTS_OF_A_FORM: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'already_exists'])

/** How long to wait, in milliseconds. */
export interface Patience {
  readonly deadlineMs: number
  /** How often to check that Tokentray still runs, during a call that may wait for a service. */
  readonly lookMs: number
}

/** The management routes at this target, with their deadlines; nothing is ever sent twice. */
export function createApi(target: Target, patience: Patience = usualPatience): Api {
  const send = async (
    method: Call['method'],
    path: string,
    body?: object,
    deadlineMs = patience.deadlineMs,
  ): Promise<unknown> =>
    resultOf(await sendCall(target, { method, path, deadlineMs, ...(body && { body }) }))

  const resultOf = (answer: Answer) => toResult(answer, target)

  /**
   * A call that may wait for a service, and for requests queued before it. Tokentray limits each of those, so this
   * waits without a deadline for as long as Tokentray runs.
   */
  const callPatiently = async (method: Call['method'], path: string, body?: object) => {
    const answered = new AbortController()
    try {
      const call = { method, path, deadlineMs: LONGEST_MS, ...(body && { body }) }
      return await Promise.race([sendCall(target, call), whileAlive(answered.signal)])
    } finally {
      answered.abort()
    }
  }

  const clientAt = (name: string) => `/v1/clients/${encodeURIComponent(name)}`
  const sendPatiently = async (method: Call['method'], path: string, body?: object) =>
    resultOf(await callPatiently(method, path, body))

  const whileAlive = async (signal: AbortSignal): Promise<never> => {
    for (;;) {
      await pause(patience.lookMs, undefined, { signal })
      // Twice: one check may hit a moment in which the disk blocks everything.
      await look().catch(look)
    }
  }

  const look = () => send('GET', '/v1/status', undefined, STATUS_DEADLINE_MS)

  const logIn = async (path: string, body: object): Promise<LoginOutcome> => {
    const answer = await callPatiently('POST', path, body)
    const refusal = toRefusal(answer, target)
    return refusal?.code === 'otp_required'
      ? { kind: 'otp_required', refusal }
      : { kind: 'done', account: toAnswer<AccountAnswer>(resultOf(answer), 'id', 'state') }
  }

  return {
    issuer: target.issuer,
    socket: target.socket ?? null,
    status: async () =>
      toAnswer<StatusAnswer>(await look(), ...(['issuer', 'vault', 'work_off'] as const)),
    providers: async () =>
      toAnswer<ProvidersAnswer>(await send('GET', '/v1/providers'), 'providers'),
    accounts: async () => toAnswer<AccountsAnswer>(await send('GET', '/v1/accounts'), 'accounts'),
    check: async (form) => {
      const { again, unfinished, tryNow } = form
      const body = {
        ...toBody(form),
        ...(again !== undefined && { again }),
        ...(unfinished && { unfinished }),
        ...(tryNow && { try_now: true }),
      }
      const call = { method: 'POST', path: '/v1/accounts/check', deadlineMs: DEADLINE_MS } as const
      const refusal = toRefusal(await sendCall(target, { ...call, body }), target)
      if (refusal && !FAULTS_OF_A_FORM.has(refusal.code)) throw refusal
      return refusal
    },
    addAccount: ({ copyFromUid, ...account }) =>
      logIn('/v1/accounts', {
        ...{ ...toBody(account), ...toWire(account) },
        ...(copyFromUid !== undefined && { like_uid: copyFromUid }),
      }),
    login: ({ id, uid }, { values, ...entered }) =>
      logIn(`${at(id)}/login`, {
        uid,
        ...(Object.keys(values).length > 0 && { values }),
        ...toWire(entered),
      }),
    logout: async (account) =>
      toAnswer<EndAnswer>(await sendPatiently('POST', `${at(account)}/logout`, {}), 'leases'),
    findAccount: async (request) =>
      toAnswer<FoundAccountAnswer>(await send('POST', '/v1/accounts/find', request), 'id', 'state'),
    changeAccount: async (account, change) =>
      toAnswer<AccountAnswer>(await send('PATCH', at(account), change), 'id', 'state'),
    removeAccount: async (account) =>
      toAnswer<EndAnswer>(await sendPatiently('DELETE', at(account)), 'leases'),
    tokens: async (account) =>
      toAnswer<ListedTokensAnswer>(await sendPatiently('GET', `${at(account)}/tokens`), 'tokens'),
    revokeToken: async (account, id) =>
      toAnswer<RevokedTokenAnswer>(
        await sendPatiently('POST', `${at(account.id)}/tokens/revoke`, { id, uid: account.uid }),
        ...(['id', 'at_service', 'leases'] as const),
      ),
    run: async (operation, account, confirm) => {
      const { id, uid } = typeof account === 'string' ? { id: account, uid: undefined } : account
      const body = { ...(confirm !== undefined && { confirm }), ...(uid !== undefined && { uid }) }
      const path = `${at(id)}/${operations[operation].run.path}`
      return toAnswer<EndAnswer>(await sendPatiently('POST', path, body), 'leases')
    },
    portal: async (account, application) => {
      const body = { ...(application !== undefined && { application }) }
      const answer = await sendPatiently('POST', `${at(account)}/portal`, body)
      const { url, ...lease } = toAnswer<PortalAnswer>(answer, 'url', 'lease_id', 'ends_at')
      return { ...lease, url: new Secret(url) }
    },
    issue: async (request) =>
      toAnswer<TokenAnswer>(
        await sendPatiently('POST', '/v1/tokens', request),
        'access_token',
        'headers',
      ),
    clients: async () => toAnswer<ClientsAnswer>(await send('GET', '/v1/clients'), 'clients'),
    addClient: async (request) =>
      toAnswer<AddedClientAnswer>(await send('POST', '/v1/clients', request), 'id', 'secret'),
    changeClient: async (name, request) =>
      toAnswer<ChangedClientAnswer>(
        await sendPatiently('PATCH', clientAt(name), request),
        ...(['id', 'leases'] as const),
      ),
    newClientSecret: async (name) =>
      toAnswer<AddedClientAnswer>(
        await send('POST', `${clientAt(name)}/secret`, {}),
        ...(['id', 'secret'] as const),
      ),
    removeClient: async (name) =>
      toAnswer<EndAnswer>(await sendPatiently('DELETE', clientAt(name)), 'leases'),
    leases: async () => toAnswer<LeasesAnswer>(await send('GET', '/v1/leases'), 'leases'),
    end: async (request) =>
      toAnswer<EndAnswer>(await sendPatiently('POST', '/v1/leases/end', request), 'leases'),
    activity: async (request) => {
      const deadlineMs = patience.deadlineMs + 1_000 * (request.wait ?? 0)
      const answer = await send('POST', '/v1/activity', request, deadlineMs)
      return toAnswer<ActivityAnswer>(answer, 'lines', 'last')
    },
    exportAll: async () =>
      toAnswer<ExportDocument>(await send('GET', '/v1/export'), 'format', 'accounts'),
    importAll: async (document) =>
      toAnswer<ImportAnswer>(
        await send('POST', '/v1/import', document),
        ...(['accounts', 'tools', 'preferences'] as const),
      ),
    lock: async () => void (await send('POST', '/v1/lock', {})),
    unlock: async () => void (await send('POST', '/v1/unlock', {})),
    reset: async () => void (await sendPatiently('POST', '/v1/reset', { confirm: 'reset' })),
  }
}

/** The path of an account; throws `invalid_request` for an invalid account ID. */
function at(account: string): string {
  return `/v1/accounts/${parseAccountId(account)}`
}

const toBody = ({ provider, name, displayName, values, copyFrom }: CheckedForm) => ({
  provider,
  ...(name !== undefined && { name }),
  ...(displayName !== undefined && { display_name: displayName }),
  values,
  ...(copyFrom !== undefined && { like: copyFrom }),
})

function toWire({ secrets, oneTimeCode, tryNow }: Entered): object {
  return {
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]),
    ),
    ...(oneTimeCode && { one_time_code: oneTimeCode.reveal() }),
    ...(tryNow && { try_now: true }),
  }
}
