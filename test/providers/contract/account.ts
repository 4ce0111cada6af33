import { newLeaseId } from '../../../main/base/ids.ts'
import type { Secrets } from '../../../main/base/secret.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  ListedToken,
  Login,
  LoginForm,
  MintedLease,
  PortalLink,
  Provider,
  ProviderContext,
  ProviderSession,
  Renewed,
  Revocation,
} from '../../../main/providers/provider.ts'
import type { Maker } from './activities.ts'

/** What every lease is asked for with. */
export const LIFETIME_SECONDS = 900

/** What an account was made of. */
export interface Origin {
  readonly provider: Provider
  readonly form: LoginForm
  readonly login: Login
  /** What a call has that brings none. */
  readonly context: () => ProviderContext
}

/**
 * An account after its login, used as the broker uses one: what was learned goes into its values,
 * and each call takes the driver that these have.
 */
export class Account {
  readonly #origin: Origin
  #values: FormValues
  #credential: Secrets
  #token: AccessToken | undefined

  constructor(origin: Origin) {
    this.#origin = origin
    this.#values = { ...origin.form.values, ...origin.login.learned }
    this.#credential = origin.login.credential
    this.#token = origin.login.token
  }

  get driver(): Driver {
    return this.#origin.provider.driver(this.#values)
  }

  get values(): FormValues {
    return this.#values
  }

  get session(): ProviderSession {
    const token = this.#token
    return { values: this.#values, credential: this.#credential, ...(token && { token }) }
  }

  /** Makes the credential another one, as if it had been changed at the service. */
  replaceCredential(credential: Secrets): void {
    this.#credential = credential
  }

  /** A token of that maker; rejects as the member does. */
  async make(
    maker: Maker,
    leaseId: string = newLeaseId(),
    context: ProviderContext = this.#origin.context(),
  ): Promise<AccessToken> {
    switch (maker) {
      case 'login': {
        const { provider, form } = this.#origin
        return (await provider.login(form, context)).token ?? missing('token of a login')
      }
      case 'mint': {
        const request = { leaseId, lifetimeSeconds: LIFETIME_SECONDS }
        const minted = await this.driver.mint?.(this.session, request, context)
        this.#values = { ...this.#values, ...minted?.learned }
        return minted?.token ?? missing(maker)
      }
      case 'refresh':
      case 'renew':
        return (await this.renewal(maker, context)).token
      case 'portalLink':
        return (await this.portalLink(leaseId, context)).token
      default:
        return maker satisfies never
    }
  }

  /** Another token for the session; like the broker, the account uses what it was given from then on. */
  async renewal(
    maker: 'refresh' | 'renew',
    context: ProviderContext = this.#origin.context(),
  ): Promise<Renewed> {
    const { driver, session } = this
    const renewed =
      maker === 'refresh'
        ? await driver.refresh?.(session, context)
        : await driver.renew?.(session, context)
    if (!renewed) return missing(maker)
    this.#credential = renewed.credential ?? this.#credential
    this.#token = renewed.token
    return renewed
  }

  async endCredential(context = this.#origin.context()): Promise<Revocation> {
    const ended = await this.driver.endCredential?.(this.#credential, this.#values, context)
    return ended ?? missing('endCredential')
  }

  async portalLink(
    leaseId: string = newLeaseId(),
    context = this.#origin.context(),
  ): Promise<PortalLink> {
    const request = { leaseId, lifetimeSeconds: LIFETIME_SECONDS }
    const link = await this.driver.portalLink?.(this.session, request, context)
    return link ?? missing('portalLink')
  }

  async revoke(token: AccessToken, context = this.#origin.context()): Promise<Revocation> {
    return (await this.driver.revoke?.(token, this.#values, context)) ?? missing('revoke')
  }

  async revokeLease(lease: MintedLease, context = this.#origin.context()): Promise<Revocation> {
    const ended = await this.driver.revokeLease?.(lease, this.session, context)
    return ended ?? missing('revokeLease')
  }

  async listTokens(context = this.#origin.context()): Promise<readonly ListedToken[]> {
    return (await this.driver.listTokens?.(this.session, context)) ?? missing('listTokens')
  }

  async revokeById(id: string, context = this.#origin.context()): Promise<Revocation> {
    return (await this.driver.revokeById?.(id, this.session, context)) ?? missing('revokeById')
  }

  async revokeAll(context = this.#origin.context()): Promise<void> {
    const { revokeAll } = this.driver
    await (revokeAll ?? missing('revokeAll')).run(this.session, context)
  }

  async probe(token: AccessToken, context = this.#origin.context()): Promise<string> {
    return (await this.driver.probe?.(token, this.#values, context)) ?? missing('probe')
  }
}

export function missing(what: string): never {
  throw new Error(`There is no ${what} here.`)
}
