import type { Clock } from '../../main/base/clock.ts'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  LeaseKind,
  ListedToken,
  Provider,
  ProviderContext,
  ProviderId,
  ProviderSession,
  Revocation,
} from '../../main/providers/provider.ts'
import { markedSecret, registerSecret } from './marks.ts'

const operations = [
  ...(['login', 'mint', 'revoke', 'probe', 'refresh', 'revokeLease'] as const),
  ...(['listTokens', 'revokeById', 'revokeAll', 'portalLink'] as const),
] as const
export type Operation = (typeof operations)[number]

/** Optional abilities of a fake service. */
type Extra = 'refresh' | 'revokeLease' | 'listTokens' | 'revokeById' | 'revokeAll' | 'portalLink'

export interface FakeServiceOptions {
  readonly id?: ProviderId
  /** The first is the default for its accounts. */
  readonly leaseKinds?: readonly [LeaseKind, ...LeaseKind[]]
  readonly mintsFrom?: Driver['mintsFrom']
  /** The lifetime of its tokens, `null` for unlimited; twenty minutes by default. */
  readonly lifeMs?: number | null
  /** Operations it lacks. */
  readonly without?: readonly ('revoke' | 'probe')[]
  /** Additional operations. */
  readonly with?: readonly Extra[]
  /** Its login returns no token. */
  readonly tokenless?: boolean
  /** What a login or a mint learns about the service. */
  readonly learned?: { readonly login?: FormValues; readonly mint?: FormValues }
  /** One key serves several accounts. */
  readonly sharesCredential?: boolean
  /** Answers every revocation with this instead of revoking the token. */
  readonly revocation?: Revocation
}

interface Living {
  readonly id: string
  readonly createdAt: number
  /** Epoch milliseconds. */
  readonly endsAt: number
  readonly leaseId?: string
}

/** Holds calls until it is opened. */
interface Gate {
  readonly passed: Promise<void>
  /** Lets all calls pass, including waiting ones. */
  open(): void
  /** Lets calls pass that arrive from now on. */
  openBehind(): void
}

/**
 * A service in this process, with its driver: it knows which of its tokens are valid, counts its
 * calls, and can be made to fail or to block.
 */
export class FakeService {
  readonly provider: { -readonly [Member in keyof Provider]: Provider[Member] }
  /** A test may remove or replace members. */
  readonly driver: { -readonly [Member in keyof Driver]: Driver[Member] }
  /** The account values that the driver was last called with. */
  lastValues: FormValues = {}
  /** What was asked for with the last minted token. */
  lastLifetimeSeconds: number | undefined
  /** The accepted password; a test may change it. */
  password = markedSecret('password')
  /** The code required besides the password, if set; otherwise any code is accepted, as services do. */
  code: string | null = null
  lifeMs: number | null
  /** While set, every call fails with this error. */
  outage: TokentrayError | null = null
  readonly calls = none()
  /** The highest number of concurrent calls of each kind. */
  readonly most = none()
  readonly #clock: Clock
  readonly #living = new Map<string, Living>()
  readonly #running = none()
  #made = 0
  readonly #gates = new Map<string, Gate>()
  readonly #failures = new Map<Operation, TokentrayError[]>()
  readonly #revocation: Revocation | undefined

  constructor(clock: Clock, options: FakeServiceOptions = {}) {
    this.#clock = clock
    this.lifeMs = options.lifeMs === undefined ? 1_200_000 : options.lifeMs
    this.#revocation = options.revocation
    this.driver = this.#createDriver(options)
    this.provider = this.#createProvider(options)
  }

  /** The tokens that it would accept now. */
  get alive(): readonly string[] {
    return [...this.#living.keys()].filter((token) => this.accepts(token))
  }

  /** All listed tokens, including expired ones. */
  get listed(): readonly string[] {
    return [...this.#living.keys()]
  }

  accepts(token: string): boolean {
    return (this.#living.get(token)?.endsAt ?? 0) > this.#clock.now()
  }

  /** Adds a token of the account that was issued to another program. */
  addForeign(): string {
    return this.#createToken().value.reveal()
  }

  /** The number of calls that created a token. */
  get issued(): number {
    return this.calls.login + this.calls.mint
  }

  /** Blocks calls of this kind, before they take effect or just before they respond. */
  hold(operation: Operation, when: 'before' | 'after' = 'before'): Gate {
    let resolve = () => {}
    const passed = new Promise<void>((done) => {
      resolve = done
    })
    const key = `${operation} ${when}`
    const gate = {
      passed,
      openBehind: () => {
        this.#gates.delete(key)
      },
      open: () => {
        this.#gates.delete(key)
        resolve()
      },
    }
    this.#gates.set(key, gate)
    return gate
  }

  /** Makes the next calls of this kind fail with these errors, in this order. */
  failNext(operation: Operation, ...errors: readonly TokentrayError[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...errors])
  }

  /** Forgets all tokens, like a restarted server. */
  forgetTokens(): void {
    this.#living.clear()
  }

  /** Revokes this token from outside. */
  forget(token: string): void {
    this.#living.delete(token)
  }

  /** Revokes all other tokens from outside. */
  forgetAllBut(token: string): void {
    for (const each of this.#living.keys()) if (each !== token) this.#living.delete(each)
  }

  #createProvider(options: FakeServiceOptions): Provider {
    const { id = 'sftpgo', sharesCredential, tokenless, learned } = options
    return {
      id,
      title: 'Fake service',
      summary: 'A service of the tests.',
      fields: [
        { name: 'url', label: 'Address', kind: 'url', required: true },
        { name: 'application', label: 'Application', kind: 'text', required: false },
        { name: 'password', label: 'Password', kind: 'secret', required: true },
        { name: 'otp', label: 'One-time code', kind: 'code', required: false },
        { name: 'caFile', label: 'CA file', kind: 'file', required: false },
      ],
      ...(sharesCredential && { sharesCredential: true }),
      login: ({ secrets, oneTimeCode }, context) =>
        this.#run('login', context, () => {
          this.#check(secrets['password'], oneTimeCode)
          return {
            label: 'alice at fake',
            credential: { password: new Secret(this.password) },
            ...(!tokenless && { token: this.#createToken() }),
            usedCode: (oneTimeCode?.reveal() ?? '') !== '',
            ...(learned?.login && { learned: learned.login }),
          }
        }),
      driver: () => this.driver,
    }
  }

  #createDriver(options: FakeServiceOptions): Driver {
    const { leaseKinds = ['shared', 'dedicated'], mintsFrom = 'credential', without = [] } = options
    return {
      leaseKinds,
      mintsFrom,
      mint: ({ credential, token, values }, { leaseId, lifetimeSeconds }, context) =>
        this.#run('mint', context, () => {
          this.lastValues = values
          this.lastLifetimeSeconds = lifetimeSeconds
          if (mintsFrom === 'session') this.#require(token)
          else this.#check(credential['password'], undefined)
          const { mint } = options.learned ?? {}
          return { token: this.#createToken(leaseId), ...(mint && { learned: mint }) }
        }),
      ...(!without.includes('revoke') && {
        revoke: (token, _values, context) =>
          this.#run('revoke', context, () => this.#revoke(token.value.reveal())),
      }),
      ...(!without.includes('probe') && {
        probe: (token, _values, context) =>
          this.#run('probe', context, () =>
            this.accepts(token.value.reveal()) ? 'accepted' : 'refused',
          ),
      }),
      ...this.#createExtras(new Set(options.with), mintsFrom),
    }
  }

  #createExtras(wanted: ReadonlySet<Extra>, mintsFrom: Driver['mintsFrom']): Partial<Driver> {
    const enter = ({ credential, token }: ProviderSession) => {
      if (mintsFrom === 'session') return this.#require(token)
      if (credential['password']?.reveal() !== this.password) {
        throw new TokentrayError('wrong_credentials')
      }
    }
    const all: Required<Pick<Driver, Extra>> = {
      refresh: ({ token }, context) =>
        this.#run('refresh', context, () => {
          this.#require(token)
          return { token: this.#createToken(), old: 'unknown' }
        }),
      revokeLease: ({ leaseId }, session, context) =>
        this.#run('revokeLease', context, () => {
          enter(session)
          this.lastValues = session.values
          const found = [...this.#living].find(([, living]) => living.leaseId === leaseId)
          return found && this.#living.delete(found[0]) ? 'revoked' : 'already_gone'
        }),
      listTokens: (session, context) =>
        this.#run('listTokens', context, () => {
          enter(session)
          return this.#list()
        }),
      revokeById: (id, session, context) =>
        this.#run('revokeById', context, () => {
          enter(session)
          const found = [...this.#living].find(([, living]) => living.id === id)
          return found && this.#living.delete(found[0]) ? 'revoked' : 'already_gone'
        }),
      revokeAll: {
        hits: ({ application }) => `everybody in ${application ?? 'it'}`,
        run: (session, context) =>
          this.#run('revokeAll', context, () => {
            enter(session)
            this.#living.clear()
          }),
      },
      portalLink: (session, { leaseId }, context) =>
        this.#run('portalLink', context, () => {
          enter(session)
          this.lastValues = session.values
          const url = `https://portal.example/#${markedSecret('link')}`
          registerSecret(url)
          return { url: new Secret(url), token: this.#createToken(leaseId) }
        }),
    }
    return Object.fromEntries([...wanted].map((name) => [name, all[name]]))
  }

  #list(): ListedToken[] {
    return [...this.#living]
      .filter(([token]) => this.accepts(token))
      .map(([, { id, createdAt, endsAt }]) => ({
        ...{ id, createdAt, framework: 'JWT' },
        expiresAt: Number.isFinite(endsAt) ? endsAt : null,
      }))
  }

  #require(token: AccessToken | undefined): void {
    if (!this.accepts(token?.value.reveal() ?? '')) throw new TokentrayError('wrong_credentials')
  }

  #check(password: Secret | undefined, oneTimeCode: Secret | undefined): void {
    const isCode = this.code === null || oneTimeCode?.reveal() === this.code
    if (password?.reveal() === this.password && isCode) return
    throw new TokentrayError(oneTimeCode === undefined ? 'otp_required' : 'wrong_credentials')
  }

  #createToken(leaseId?: string): AccessToken {
    const value = markedSecret('token')
    const createdAt = this.#clock.now()
    const expiresAt = this.lifeMs === null ? null : createdAt + this.lifeMs
    this.#made += 1
    this.#living.set(value, {
      ...{ id: `id-${this.#made}`, createdAt, endsAt: expiresAt ?? Number.POSITIVE_INFINITY },
      ...(leaseId !== undefined && { leaseId }),
    })
    const headers = { Authorization: new Secret(`Bearer ${value}`) }
    return { value: new Secret(value), tokenType: 'Bearer', headers, expiresAt }
  }

  #revoke(token: string): Revocation {
    if (this.#revocation) return this.#revocation
    return this.#living.delete(token) ? 'revoked' : 'already_gone'
  }

  async #run<Value>(
    operation: Operation,
    { signal }: ProviderContext,
    work: () => Value,
  ): Promise<Value> {
    this.calls[operation] += 1
    this.#running[operation] += 1
    this.most[operation] = Math.max(this.most[operation], this.#running[operation])
    try {
      await this.#pass(operation, 'before', signal)
      const failure = this.outage ?? this.#failures.get(operation)?.shift()
      if (failure) throw failure
      const value = work()
      await this.#pass(operation, 'after', signal)
      return value
    } finally {
      this.#running[operation] -= 1
    }
  }

  /** Takes at least one turn of the event loop, as a network call does. */
  async #pass(operation: Operation, when: string, signal: AbortSignal): Promise<void> {
    const gate = this.#gates.get(`${operation} ${when}`)
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(new TokentrayError('cancelled'))
      const pass = () => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      if (gate) void gate.passed.then(pass)
      else setImmediate(pass)
    })
  }
}

function none(): Record<Operation, number> {
  const zeros = operations.map((operation) => [operation, 0] as const)
  return Object.fromEntries(zeros) as Record<Operation, number>
}
