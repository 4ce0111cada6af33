import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { AuthState } from './auth-state.ts'
import { LoginTrials, type RecordedLogin } from './login-trials.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import type { TokenChecks } from './token-checks.ts'

/** Gets the session of one account another token; each is recorded before it is used. */
export class Renewal {
  readonly #ports: SessionPorts
  readonly #authState: AuthState
  readonly #tokenChecks: TokenChecks

  constructor(ports: SessionPorts, authState: AuthState, tokenChecks: TokenChecks) {
    this.#ports = ports
    this.#authState = authState
    this.#tokenChecks = tokenChecks
  }

  /**
   * A token from the live one; `null` if that is not possible or not accepted. It is recorded and checked
   * before the old one is released, because services do not say whether that is still valid.
   */
  async refresh(
    account: SessionAccount,
    live: HeldToken,
    onRefused: () => void,
  ): Promise<HeldToken | null> {
    const { driver, provider, values } = account
    const refresh = driver.refresh?.bind(driver)
    if (!refresh) return null
    try {
      const credential = await this.#authState.credential()
      const session = { values, credential, token: live.token }
      const { calls, stopped } = this.#ports
      const token = await this.#authState.callService(
        () => refresh(session, calls.context(provider.id, 'login', stopped)),
        'session',
      )
      const fresh = await this.#record(account, token)
      if (await this.#tokenChecks.check(fresh, driver)) return fresh
      void this.#ports.revoker.revoke(fresh)
    } catch (error) {
      if (isTokentrayError(error) && error.code === 'not_supported') return null
      if (!isRefusal(error)) throw error
      onRefused()
    }
    return null
  }

  /** A token by a login; `null` if the account was changed before the login could begin. */
  async login(account: SessionAccount): Promise<HeldToken | null> {
    const done = await this.#login(account, account.values)
    if (!done) return null
    const { login, held } = done
    if (!login.token) throw new TokentrayError('unexpected_answer', 'The login gave no token.')
    return held ?? (await this.#record(account, login.token))
  }

  /**
   * Logs in as for a new account, without anything that earlier logins have learned. Resolves to the token,
   * or `null` if a login gives none.
   */
  async check(account: SessionAccount): Promise<HeldToken | null> {
    const { fields } = account.provider
    const isEntered = ([name]: readonly [string, string]) =>
      fields.some((field) => field.name === name)
    const entered = Object.fromEntries(Object.entries(account.values).filter(isEntered))
    const done = await this.#login(account, entered)
    if (!done?.login.token) return null
    return done.held ?? (await this.#record(account, done.login.token))
  }

  async #login(
    { uid, id, provider, needsUser }: SessionAccount,
    values: FormValues,
  ): Promise<RecordedLogin | null> {
    const { epoch } = this.#authState
    const { current } = epoch
    if (needsUser) throw this.#authState.requireLogin()
    const secrets = await this.#authState.credential()
    // Security: these secrets may be for another address.
    if (!epoch.isCurrent(current)) return null
    const { calls, stopped } = this.#ports
    const owner = { accountUid: uid, account: id, provider: provider.id }
    const trials = new LoginTrials(this.#ports, owner)
    const context = { ...calls.context(provider.id, 'login', stopped), trials }
    return await this.#authState.callService(() =>
      trials.run(() => provider.login({ values, secrets }, context)),
    )
  }

  #record({ uid, id, provider, values }: SessionAccount, token: AccessToken): Promise<HeldToken> {
    const owner = {
      accountUid: uid,
      account: id,
      provider: provider.id,
      values,
      kind: 'session',
    } as const
    return this.#ports.revoker.record(owner, token)
  }
}

/** True for an error that refuses the token or the credential. */
export const isRefusal = (error: unknown) =>
  isTokentrayError(error) && error.code === 'wrong_credentials'

/** Rethrows the error of a call with a new token, as the error that it then stands for. */
export function throwOfNewToken(error: unknown): never {
  throw (isTokentrayError(error) && error.ofNewToken) || error
}
