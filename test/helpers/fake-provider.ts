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

/** What a fake service can do only if it is said. */
type Extra = 'refresh' | 'revokeLease' | 'listTokens' | 'revokeById' | 'revokeAll' | 'portalLink'

export interface FakeServiceOptions {
  readonly id?: ProviderId
  /** The first is the default of its accounts. */
  readonly leaseKinds?: readonly [LeaseKind, ...LeaseKind[]]
  readonly mintsFrom?: Driver['mintsFrom']
  /** How long its tokens live; `null` for ever. Twenty minutes unless said otherwise. */
  readonly lifeMs?: number | null
  /** What it cannot do. */
  readonly without?: readonly ('revoke' | 'probe')[]
  /** What it can do besides. */
  readonly with?: readonly Extra[]
  /** Its login gives no token. */
  readonly tokenless?: boolean
  /** What a login, or a mint, finds out. */
  readonly learned?: { readonly login?: FormValues; readonly mint?: FormValues }
  /** Its key serves several accounts. */
  readonly sharesCredential?: boolean
  /** Answers to every revocation instead of ending the token. */
  readonly revocation?: Revocation
}

interface Living {
  readonly id: string
  readonly createdAt: number
  /** Epoch milliseconds. */
  readonly endsAt: number
  readonly leaseId?: string
}

/** Holds calls back until it is opened. */
interface Gate {
  readonly passed: Promise<void>
  /** Lets everybody pass, those who wait included. */
  open(): void
  /** Lets those pass who come from now on. */
  openBehind(): void
}

/**
 * A service in this process, with its driver: it knows which of its tokens live, counts what is
 * asked of it, and can be told to fail or to keep people waiting.
 */
export class FakeService {
  readonly provider: { -readonly [Member in keyof Provider]: Provider[Member] }
  /** A test may take a member away or put another in its place. */
  readonly driver: { -readonly [Member in keyof Driver]: Driver[Member] }
  /** The values with which the members of the driver were called last. */
  lastValues: FormValues = {}
  /** The password that it accepts; a test may change it. */
  password = markedSecret('password')
  /** Asked for beside the password, if set; where none is, any is taken, as services do. */
  code: string | null = null
  lifeMs: number | null
  /** While set, every call fails with it. */
  outage: TokentrayError | null = null
  readonly calls = none()
  /** The most calls of each kind that were under way at the same moment. */
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

  /** All that it has on its list, expired ones included. */
  get listed(): readonly string[] {
    return [...this.#living.keys()]
  }

  accepts(token: string): boolean {
    return (this.#living.get(token)?.endsAt ?? 0) > this.#clock.now()
  }

  /** Somebody else has a token of the account too. */
  addForeign(): string {
    return this.#createToken().value.reveal()
  }

  /** Calls that make a token. */
  get issued(): number {
    return this.calls.login + this.calls.mint
  }

  /** Calls of this kind now wait, before they have an effect or just before their answer. */
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

  /** The next calls of this kind fail with these, in this order. */
  failNext(operation: Operation, ...errors: readonly TokentrayError[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...errors])
  }

  /** Like a server that was restarted: no token is known any more. */
  forgetTokens(): void {
    this.#living.clear()
  }

  /** Somebody has ended this one. */
  forget(token: string): void {
    this.#living.delete(token)
  }

  /** Somebody has ended all the others. */
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
      mint: ({ credential, token, values }, { leaseId }, context) =>
        this.#run('mint', context, () => {
          this.lastValues = values
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
          return this.#createToken()
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

  /** At least one turn of the loop, as over a network. */
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
