import type { Clock } from '../../main/base/clock.ts'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import type {
  AccessToken,
  LeaseKind,
  Provider,
  ProviderContext,
  ProviderId,
  Revocation,
} from '../../main/providers/provider.ts'
import { markedSecret } from './marks.ts'

export type Operation = 'login' | 'mint' | 'revoke' | 'probe'

export interface FakeServiceOptions {
  readonly id?: ProviderId
  /** The first is the default of its accounts. */
  readonly leaseKinds?: readonly [LeaseKind, ...LeaseKind[]]
  readonly mintsFrom?: Provider['mintsFrom']
  /** How long its tokens live; `null` for ever. Twenty minutes unless said otherwise. */
  readonly lifeMs?: number | null
  /** What it cannot do. */
  readonly without?: readonly ('revoke' | 'probe')[]
  /** Answers to every revocation instead of ending the token. */
  readonly revocation?: Revocation
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
  readonly provider: Provider
  /** The password that it accepts; a test may change it. */
  password = markedSecret('password')
  /** Asked for beside the password, if set. */
  code: string | null = null
  lifeMs: number | null
  /** While set, every call fails with it. */
  outage: TokentrayError | null = null
  readonly calls: Record<Operation, number> = { login: 0, mint: 0, revoke: 0, probe: 0 }
  /** The most calls of each kind that were under way at the same moment. */
  readonly most: Record<Operation, number> = { login: 0, mint: 0, revoke: 0, probe: 0 }
  readonly #clock: Clock
  readonly #living = new Map<string, number>()
  readonly #running: Record<Operation, number> = { login: 0, mint: 0, revoke: 0, probe: 0 }
  readonly #gates = new Map<string, Gate>()
  readonly #failures = new Map<Operation, TokentrayError[]>()
  readonly #revocation: Revocation | undefined

  constructor(clock: Clock, options: FakeServiceOptions = {}) {
    this.#clock = clock
    this.lifeMs = options.lifeMs === undefined ? 1_200_000 : options.lifeMs
    this.#revocation = options.revocation
    this.provider = this.#createProvider(options)
  }

  /** The tokens that it would accept now. */
  get alive(): readonly string[] {
    return [...this.#living.keys()].filter((token) => this.accepts(token))
  }

  accepts(token: string): boolean {
    return (this.#living.get(token) ?? 0) > this.#clock.now()
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

  #createProvider(options: FakeServiceOptions): Provider {
    const { leaseKinds = ['shared', 'dedicated'], mintsFrom = 'credential', without = [] } = options
    return {
      id: options.id ?? 'sftpgo',
      title: 'Fake service',
      summary: 'A service of the tests.',
      fields: [
        { name: 'url', label: 'Address', kind: 'url', required: true },
        { name: 'password', label: 'Password', kind: 'secret', required: true },
        { name: 'otp', label: 'One-time code', kind: 'code', required: false },
      ],
      leaseKinds,
      mintsFrom,
      login: ({ secrets, oneTimeCode }, context) =>
        this.#run('login', context, () => {
          this.#check(secrets['password'], oneTimeCode)
          const credential = { password: new Secret(this.password) }
          const token = this.#createToken()
          return { label: 'alice at fake', credential, token, usedCode: this.code !== null }
        }),
      mint: ({ credential, token }, _request, context) =>
        this.#run('mint', context, () => {
          this.#check(credential['password'], undefined)
          if (mintsFrom === 'session' && !this.accepts(token?.value.reveal() ?? '')) {
            throw new TokentrayError('wrong_credentials')
          }
          return this.#createToken()
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
    }
  }

  #check(password: Secret | undefined, oneTimeCode: Secret | undefined): void {
    if (password?.reveal() === this.password && (oneTimeCode?.reveal() ?? null) === this.code)
      return
    throw new TokentrayError(oneTimeCode === undefined ? 'otp_required' : 'wrong_credentials')
  }

  #createToken(): AccessToken {
    const value = markedSecret('token')
    const expiresAt = this.lifeMs === null ? null : this.#clock.now() + this.lifeMs
    this.#living.set(value, expiresAt ?? Number.POSITIVE_INFINITY)
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
