import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { AuthState } from './auth-state.ts'
import { LoginTrials, type RecordedLogin } from './login-trials.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import type { TokenChecks } from './token-checks.ts'

/** How the session of one account comes to another token; each is recorded before it is used. */
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
   * A token from the live one; `null` where that is not possible or not accepted. Recorded and tried
   * out before the old one is let go of: services do not say whether that has ended by then.
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

  /** A token by a login; `null` if the account was changed before it could be asked for. */
  async login(account: SessionAccount): Promise<HeldToken | null> {
    const done = await this.#login(account, account.values)
    if (!done) return null
    const { login, held } = done
    if (!login.token) throw new TokentrayError('unexpected_answer', 'The login gave no token.')
    return held ?? (await this.#record(account, login.token))
  }

  /**
   * Logs in as for an account that is new, so that nothing that was found out before is believed.
   * Resolves to the token, or to `null` where a login gives none.
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

/** True for an error that says: not with this token, or not with this credential. */
export const isRefusal = (error: unknown) =>
  isTokentrayError(error) && error.code === 'wrong_credentials'

/** Passes on the error of a call with a token that was made a moment ago, for what it then is. */
export function throwOfNewToken(error: unknown): never {
  throw (isTokentrayError(error) && error.ofNewToken) || error
}
