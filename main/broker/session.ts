import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { Secrets } from '../base/secret.ts'
import type { FormValues, Login, Provider, ProviderSession } from '../providers/provider.ts'
import { mayRenew, renewAheadMs } from './freshness.ts'
import type { HeldToken } from './ledger.ts'
import { Proofs } from './proofs.ts'
import { recordOrEnd } from './recording.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import { SingleFlight } from './single-flight.ts'
import { Throttle } from './throttle.ts'
import { unusable } from './unusable.ts'

/** How often a caller looks again after the account was changed under it. */
const ROUNDS = 4

/** The signed-in state of one account: its credential, its token, and one login for any number of callers. */
export class Session {
  readonly #ports: SessionPorts
  readonly #flights = new SingleFlight<'login', HeldToken | null>()
  readonly throttle: Throttle
  readonly proofs: Proofs
  #credential: Secrets | null = null
  #current: HeldToken | null = null
  /** Handed out or minted from: only then is the token renewed ahead of its end. */
  #used = false
  /** The current token while locked. */
  #parked: HeldToken | null = null
  #loginRequired = false
  #generation = 0
  #logouts = 0

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.throttle = new Throttle(ports.clock, ports.random)
    this.proofs = new Proofs(ports)
  }

  /** The session's own token while it lives. */
  get current(): HeldToken | null {
    const held = this.#current
    return held && held.lifetime.remainingMs > 0 ? held : null
  }

  /** True for the session's own token, also while it is locked away. */
  owns(held: HeldToken): boolean {
    return held === this.#current || held === this.#parked
  }

  /** Changes when a person logs in, logs out or changes the account: what began before is void. */
  get generation(): number {
    return this.#generation
  }

  /** Changes with every log-out: a login by a person that began before is void. */
  get logouts(): number {
    return this.#logouts
  }

  /** Takes a token as the session's own; one that an earlier run left is not `proven`. */
  adopt(held: HeldToken, proven: boolean): void {
    const replaced = this.#current ?? this.#parked
    const locked = this.#ports.isLocked()
    this.#current = locked ? null : held
    this.#parked = locked ? held : null
    this.#used = false
    if (proven) this.proofs.vouch(held)
    if (replaced && replaced !== held) this.#ports.onReplaced(replaced)
  }

  /** A person has logged in: takes the credential, and the token if the session keeps one. */
  renewByPerson(credential: Secrets, held: HeldToken | null): void {
    this.outdate()
    this.#loginRequired = false
    this.#credential = this.#ports.isLocked() ? null : credential
    if (held) this.adopt(held, true)
  }

  /**
   * The session's token, living at least `minValidityMs` longer, or else the best there is: a token
   * younger than half its life, or one that only a person could renew. All callers share one login.
   * `null` when the account was changed meanwhile, so that whoever asks has to look at it anew.
   */
  async token(minValidityMs: number): Promise<HeldToken | null> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const held = await this.#usable(minValidityMs)
      if (held === 'changed') continue
      const token = held ?? (await this.#renew())
      if (!token) continue
      if (token === this.#current) this.#used = true
      return token
    }
    return null
  }

  /** The service refused this token: it is dropped, so that the next caller logs in, once. */
  refuse(held: HeldToken): boolean {
    this.proofs.doubt(held)
    if (held !== this.#current) return false
    this.#current = null
    return true
  }

  /** The same, and nobody else needs the token either. */
  drop(held: HeldToken): void {
    if (this.refuse(held)) this.#ports.onReplaced(held)
  }

  /** The token as an answer to "log out": whoever asks for one next logs in again. */
  release(): HeldToken | null {
    const held = this.#current ?? this.#parked
    this.#current = null
    this.#parked = null
    return held
  }

  /** The account was changed: a login or mint under way ends its own token when it comes back. */
  outdate(): void {
    this.#generation += 1
  }

  /** Forgets everything, and makes void what is under way; returns the token that now has to end. */
  close(): HeldToken | null {
    this.outdate()
    this.#logouts += 1
    this.#loginRequired = false
    this.#credential = null
    return this.release()
  }

  /** Forgets what only hand-outs need. */
  lock(): void {
    this.#credential = null
    this.#parked = this.release()
  }

  /** Takes up the token again that was there before the lock, if it still lives. */
  unlock(): void {
    const held = this.#parked
    this.#parked = null
    if (!held) return
    this.proofs.doubt(held)
    this.adopt(held, false)
  }

  /** Resolves when no login is under way. */
  settled(): Promise<void> {
    return this.#flights.settled('login')
  }

  /**
   * Renews a used token whose end is near, and says when an account that only a person can log in
   * has lost its token. Returns when to look again, epoch milliseconds.
   */
  tick(): number {
    const { needsPerson, keepsSession } = this.#account()
    const held = this.current
    if (!held) {
      if (needsPerson && keepsSession) this.#requireLogin()
      return Number.POSITIVE_INFINITY
    }
    const { remainingMs } = held.lifetime
    const now = this.#ports.clock.now()
    if (needsPerson) return now + remainingMs
    if (!this.#used) return Number.POSITIVE_INFINITY
    const dueIn = remainingMs - renewAheadMs(held.lifeMs, this.#ports.random())
    if (dueIn > 0) return now + dueIn
    // A failure is remembered by the throttle and told to whoever asks next.
    this.#renew().catch(() => undefined)
    return Number.POSITIVE_INFINITY
  }

  /** What `mint` is called with; `login_required` where only a person could make it work. */
  async forMint(): Promise<ProviderSession> {
    const { id, provider, values, needsPerson } = this.#account()
    const fromSession = provider.mintsFrom === 'session'
    if (!fromSession && needsPerson) throw this.#requireLogin()
    const held = fromSession ? await this.token(0) : null
    if (fromSession && !held) {
      throw new TokentrayError('temporarily_unavailable', `${id} was changed meanwhile.`)
    }
    const credential = await this.#readCredential()
    return { values, credential, ...(held && { token: held.token }) }
  }

  /** Runs a call; a refusal of the credential, if that is what it proves, means that a person must log in. */
  async guarded<T>(
    call: () => Promise<T>,
    proves: Provider['mintsFrom'] = 'credential',
  ): Promise<T> {
    const generation = this.#generation
    this.#requireRunning()
    this.throttle.check()
    try {
      return await this.throttle.watch(call)
    } catch (error) {
      if (!isTokentrayError(error) || generation !== this.#generation) throw error
      if (error.code === 'invalid_request') throw unusable(this.#account().id, error)
      const refused = error.code === 'wrong_credentials' || error.code === 'otp_required'
      if (!refused || proves === 'session') throw error
      this.#credential = null
      throw this.#requireLogin(error)
    }
  }

  /** The current token if it will do; `null` if there has to be a login. */
  async #usable(minValidityMs: number): Promise<HeldToken | 'changed' | null> {
    const { provider } = this.#account()
    const held = this.current
    if (!held) return null
    if (!(await this.proofs.accepts(held, provider))) {
      this.drop(held)
      return 'changed'
    }
    if (held !== this.#current) return 'changed'
    const { remainingMs } = held.lifetime
    if (remainingMs >= minValidityMs || !mayRenew(held.lifeMs, remainingMs)) return held
    return this.#account().needsPerson ? held : null
  }

  #renew(): Promise<HeldToken | null> {
    return this.#flights.run('login', () => this.#login())
  }

  /** `null` if the account was changed meanwhile: the token has been ended, and one looks again. */
  async #login(): Promise<HeldToken | null> {
    const { ledger, endings } = this.#ports
    const generation = this.#generation
    const { provider, values, uid, needsPerson, keepsSession } = this.#account()
    if (!keepsSession) return null
    if (needsPerson) throw this.#requireLogin()
    let login: Login
    try {
      login = await this.#callLogin(provider, values)
    } catch (error) {
      if (this.#generation !== generation) return null
      throw error
    }
    const owner = { accountUid: uid, provider: provider.id, values, kind: 'session' } as const
    const held = await recordOrEnd(ledger, endings, owner, login.token)
    if (this.#generation !== generation) {
      await endings.end(held)
      return null
    }
    this.adopt(held, true)
    return held
  }

  async #callLogin(provider: Provider, values: FormValues): Promise<Login> {
    const secrets = await this.#readCredential()
    const { calls, stopped } = this.#ports
    return await this.guarded(() =>
      provider.login({ values, secrets }, calls.context('login', stopped)),
    )
  }

  async #readCredential(): Promise<Secrets> {
    if (this.#credential) return this.#credential
    const generation = this.#generation
    const credential = await this.#ports.readCredential()
    this.#requireRunning()
    const isSame = generation === this.#generation
    if (!credential) throw isSame ? this.#requireLogin() : new TokentrayError('login_required')
    if (isSame) this.#credential = credential
    return credential
  }

  #account(): SessionAccount {
    const account = this.#ports.account()
    return { ...account, needsPerson: account.needsPerson || this.#loginRequired }
  }

  /** Before every call that makes a token: neither locked nor about to stop. */
  #requireRunning(): void {
    const { isLocked, stopping } = this.#ports
    if (isLocked()) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
    if (stopping.aborted) {
      throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.')
    }
  }

  /** Says once that a person must log in, and gives the error that says so to every caller. */
  #requireLogin(cause?: unknown): TokentrayError {
    const { id } = this.#account()
    if (!this.#loginRequired) {
      this.#loginRequired = true
      this.#ports.onLoginRequired()
    }
    return new TokentrayError('login_required', `${id} must be logged in again by a person.`, {
      account: id,
      hint: `Run "tokentray login ${id}".`,
      cause,
    })
  }
}
