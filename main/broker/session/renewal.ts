import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { AccessToken, FormValues, OldToken, Renewed } from '../../providers/provider.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { AuthState } from './auth-state.ts'
import { type CredentialRotation, mayBeRenewed } from './credential-rotation.ts'
import { LoginTrials, type RecordedLogin } from './login-trials.ts'
import type { SessionAccount, SessionPorts } from './session-ports.ts'
import type { TokenChecks } from './token-checks.ts'

/** Another token for a session, and what became of the one before. */
export interface RenewedToken {
  readonly held: HeldToken
  readonly old: OldToken
}

/** Errors after which only the user can log in: a renewal that was cut off is of no interest any more. */
const FINAL: readonly ErrorCode[] = ['wrong_credentials', 'otp_required', 'login_required']

/** Gets the session of one account another token; each is recorded before it is used. */
export class Renewal {
  readonly #ports: SessionPorts
  readonly #authState: AuthState
  readonly #tokenChecks: TokenChecks
  readonly #rotation: CredentialRotation

  constructor(
    ports: SessionPorts,
    parts: {
      readonly authState: AuthState
      readonly tokenChecks: TokenChecks
      readonly rotation: CredentialRotation
    },
  ) {
    this.#ports = ports
    this.#authState = parts.authState
    this.#tokenChecks = parts.tokenChecks
    this.#rotation = parts.rotation
  }

  /**
   * A token from the valid one; `null` if the service does not offer that, or refuses it. It is recorded
   * and tried out before the old one is given up.
   */
  async refresh(
    account: SessionAccount,
    live: HeldToken,
    onRefused: () => void,
  ): Promise<RenewedToken | null> {
    const { driver, provider, values } = account
    if (!driver.refresh) return null
    const { epoch } = this.#authState
    const { current } = epoch
    try {
      const credential = await this.#authState.credential()
      const session = { values, credential, token: live.token }
      const { calls, stopped } = this.#ports
      const context = calls.context(provider.id, 'login', stopped)
      const renewed = await this.#authState.callService(
        async () => driver.refresh?.(session, context),
        'session',
      )
      if (!renewed) return null
      const take = () => {
        // Security: a credential of the session before must not replace that of a later login.
        const { credential: _, ...tokenAlone } = renewed
        const usable = epoch.isCurrent(current) ? renewed : tokenAlone
        return this.#take(account, live, usable, current)
      }
      const fresh = await (renewed.credential ? this.#authState.withRotation(take) : take())
      if (!fresh) return null
      if (await this.#tokenChecks.check(fresh.held, driver)) return fresh
      if (fresh.held !== live) void this.#ports.revoker.revoke(fresh.held)
    } catch (error) {
      if (isTokentrayError(error) && error.code === 'not_supported') return null
      if (!isRefusal(error)) throw error
      onRefused()
    }
    return null
  }

  /**
   * A token from the credential, by `renew` or else by a login; `null` if the account was changed before
   * it could be asked for, or the token was revoked before it came. `live` is the token that the session has, if any.
   */
  async fromCredential(
    account: SessionAccount,
    live: HeldToken | null,
  ): Promise<RenewedToken | null> {
    if (account.driver.renew) return await this.#renew(account, live)
    const done = await this.#login(account, account.values)
    if (!done) return null
    const { login, held } = done
    if (!login.token) throw new TokentrayError('unexpected_answer', 'The login gave no token.')
    return { held: held ?? (await this.#record(account, login.token)), old: 'unknown' }
  }

  /**
   * Logs in as for a new account, without anything that earlier logins have learned. Resolves to the token,
   * or `null` if a login gives none. If the driver renews, only a user can log in: it is renewed instead.
   */
  async check(account: SessionAccount, live: HeldToken | null): Promise<RenewedToken | null> {
    if (account.driver.renew) return await this.#renew(account, live)
    const { fields } = account.provider
    const isEntered = ([name]: readonly [string, string]) =>
      fields.some((field) => field.name === name)
    const entered = Object.fromEntries(Object.entries(account.values).filter(isEntered))
    const done = await this.#login(account, entered)
    if (!done?.login.token) return null
    const held = done.held ?? (await this.#record(account, done.login.token))
    return { held, old: 'unknown' }
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

  /** `CredentialRotation` has the order of the steps, and what each failure leaves. */
  #renew(account: SessionAccount, live: HeldToken | null): Promise<RenewedToken | null> {
    const { epoch } = this.#authState
    const { current } = epoch
    if (account.needsUser) throw this.#authState.requireLogin()
    return this.#authState.withRotation(async () => {
      const rotation = this.#rotation
      const { calls, stopped } = this.#ports
      const credential = await rotation.read()
      if (!credential) throw this.#authState.credentialMissing()
      // Security: this credential may be for another address.
      if (!epoch.isCurrent(current)) return null
      const { driver, provider, values } = account
      const session = { values, credential, ...(live && { token: live.token }) }
      const context = calls.context(provider.id, 'login', stopped)
      const renew = async () => {
        const renewed = await driver.renew?.(session, context)
        if (!renewed) throw new TokentrayError('not_supported')
        return renewed
      }
      const renewed = await this.#authState.callService(() => this.#askOnRecord(renew))
      const taken = await this.#take(account, live, renewed, current)
      if (!renewed.credential) await rotation.cancel()
      return taken
    })
  }

  /** Asks the service while the ledger has a line about it, which stays if the answer may have been lost. */
  async #askOnRecord(renew: () => Promise<Renewed>): Promise<Renewed> {
    const rotation = this.#rotation
    let wasCutOff = await rotation.begin()
    const onLost = () => {
      wasCutOff = true
    }
    try {
      return await onceMore(renew, onLost)
    } catch (error) {
      const isFinal = isTokentrayError(error) && FINAL.includes(error.code)
      if (isFinal || !(wasCutOff || mayBeRenewed(error))) await rotation.cancel()
      throw wasCutOff ? cutOff(error) : error
    }
  }

  /**
   * Takes what the service gave: the credential is kept before the token is recorded as usable. `mark`: the
   * epoch of the request. `null` if it has extended a token that was given up meanwhile.
   */
  async #take(
    account: SessionAccount,
    live: HeldToken | null,
    { token, credential, old }: Renewed,
    mark: number,
  ): Promise<RenewedToken | null> {
    const rotation = this.#rotation
    if (credential) rotation.take(credential)
    try {
      const isSame = old === 'same' && live?.token.value.equals(token.value) === true
      const isGivenUp = isSame && this.#isGivenUp(live)
      const extended = isSame && !isGivenUp
      const held = extended ? await this.#extend(live, token) : await this.#record(account, token)
      if (isGivenUp) {
        // Dead, or to be revoked once more. Not awaited: that may be queued behind this renewal.
        void this.#ports.revoker.revoke(held)
        return null
      }
      return { held, old: old === 'same' && !isSame ? 'unknown' : old }
    } finally {
      // Also if the token could not be recorded: the old credential is of no use any more.
      if (credential) {
        await rotation.store()
        this.#authState.rotated(credential, mark)
      }
    }
  }

  /** True for a token that was revoked or refused while it was being renewed. */
  #isGivenUp(live: HeldToken): boolean {
    const { ledger } = this.#ports
    return ledger.get(live.id) === undefined || ledger.isReleased(live)
  }

  async #extend(live: HeldToken, token: AccessToken): Promise<HeldToken> {
    const { ledger } = this.#ports
    const held = ledger.extend(live, token)
    await ledger.write(held)
    return held
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

/**
 * Asks once more, at once, if the answer may have been lost: services accept a replaced refresh token
 * for a few seconds.
 */
async function onceMore(renew: () => Promise<Renewed>, onLost: () => void): Promise<Renewed> {
  try {
    return await renew()
  } catch (error) {
    if (!mayBeRenewed(error)) throw error
  }
  onLost()
  return await renew()
}

/** A refusal after a renewal that was cut off says why. */
function cutOff(error: unknown): unknown {
  if (!isRefusal(error)) return error
  return new TokentrayError(
    'wrong_credentials',
    'A renewal of the login was cut off before its answer, and the service no longer accepts the saved login.',
    { cause: error },
  )
}

/** True for an error that refuses the token or the credential. */
export const isRefusal = (error: unknown) =>
  isTokentrayError(error) && error.code === 'wrong_credentials'

/** Rethrows the error of a call with a new token, as the error that it then stands for. */
export function throwOfNewToken(error: unknown): never {
  throw (isTokentrayError(error) && error.ofNewToken) || error
}
