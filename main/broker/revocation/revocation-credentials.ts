import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { AccountId } from '../../base/ids.ts'
import type { Secrets } from '../../base/secret.ts'
import type { Driver, FormValues, Provider, ProviderSession } from '../../providers/provider.ts'
import type { AccountRecord } from '../../settings/schema.ts'
import { RefusalLimiter } from '../concurrency/refusal-limiter.ts'
import type { HeldToken, Ledger, LedgerItem } from '../ledger/ledger.ts'
import type { Calls } from '../service/driver-calls.ts'
import { keepsSession } from '../service/keeps-session.ts'
import { isSameService, withTransportOf } from '../service/same-service.ts'

/** What is needed from the account that made the tokens. */
export interface RevokingAccount {
  readonly uid: string
  readonly id: AccountId
  readonly provider: Provider
  readonly driver: Driver
  readonly record: Pick<AccountRecord, 'state' | 'needsCode' | 'leaseKind'>
  readonly values: FormValues
  readonly session: {
    readonly current: HeldToken | null
    storedCredential(): Promise<Secrets | null>
    token(minValidityMs: number): Promise<HeldToken | null>
    drop(held: HeldToken): void
  }
}

/** What the tokens of an account's leases are revoked with. */
export interface RevocationSession {
  readonly session: ProviderSession
  /** Called when the service has refused it. */
  markRefused(): void
}

interface RevocationCredentialsPorts {
  /** The account as it is now; `undefined` once it is removed. */
  readonly findAccount: (uid: string) => RevokingAccount | undefined
  readonly ledger: Ledger
  readonly calls: Calls
  readonly clock: Clock
  /** True for a token that is being revoked. */
  readonly isRevoking: (held: HeldToken) => boolean
}

interface Retained {
  readonly values: FormValues
  readonly session: ProviderSession
}

/**
 * What tokens are revoked with whose service does not accept the token alone: the credential and session
 * token of the account that made them. Available while Tokentray is locked, and after the account was
 * logged out or changed, as long as there are tokens to revoke.
 */
export class RevocationCredentials {
  readonly #ports: RevocationCredentialsPorts
  readonly #retained = new Map<string, Retained[]>()
  /** Session tokens that the service has refused. */
  readonly #refused = new WeakSet<HeldToken>()
  /** Otherwise a service that refuses every session would cost a login for each attempt. */
  readonly #refusals: RefusalLimiter

  constructor(ports: RevocationCredentialsPorts) {
    this.#ports = ports
    this.#refusals = new RefusalLimiter(ports.clock)
  }

  /** Retains the credential that the account is about to lose. Never rejects. */
  async retain({ uid, values, session: owner }: RevokingAccount): Promise<void> {
    const credential = await owner.storedCredential().catch(() => null)
    if (credential) {
      this.#retained.set(uid, [
        { values, session: { values, credential } },
        ...(this.#retained.get(uid) ?? []),
      ])
    }
  }

  /** The account has no tokens left to revoke. */
  forget(uid: string): void {
    this.#retained.delete(uid)
  }

  /**
   * What to revoke this with; `null` if only its token is left. Rejects while that is unknown: with the
   * error of the vault, or of a login if the session has no token any more.
   */
  async find(item: LedgerItem): Promise<RevocationSession | null> {
    const credential = await this.#signedInAccount(item)?.session.storedCredential()
    // Security: read again, because a login meanwhile may have moved the account to another service.
    const account = this.#signedInAccount(item)
    const own = account && credential ? await this.#ofAccount(item, account, credential) : null
    const found = own ?? this.#retainedSession(item)
    if (found || !account || this.#lacksSession(item, account)) return found
    throw loginFirst(account)
  }

  /** The item's values, with the transport settings that the account has now. */
  reachableValues(item: LedgerItem): FormValues {
    const present = this.#sameAccount(item)?.values ?? this.#retainedFor(item)?.values
    return present ? withTransportOf(item.values, present) : item.values
  }

  /** Why there is nothing to revoke this with, as a sentence; `null` if there is something. */
  missingReason(item: LedgerItem): string | null {
    const account = this.#ports.findAccount(item.accountUid)
    if (!account)
      return 'Its account was removed, together with the credential that could revoke it.'
    if (account.record.state === 'signed_out') {
      return `${account.id} is logged out, so there is no credential to revoke it with.`
    }
    if (!this.#signedInAccount(item))
      return `${account.id} is at another address now and cannot revoke it.`
    return this.#lacksSession(item, account)
      ? `${account.id} no longer has a session that could revoke it.`
      : null
  }

  /** The error that asks for a login if that would make it possible to revoke this; else `null`. */
  loginErrorFor(item: LedgerItem): TokentrayError | null {
    const account = this.#sameAccount(item)
    return account ? loginFirst(account) : null
  }

  /** True for a session token without which the tokens of the account's leases could not be revoked. */
  isLastResort(held: HeldToken): boolean {
    if (!this.#isUsable(held)) return false
    const account = this.#signedInAccount(held)
    if (!account) return true
    const { record, session } = account
    return session.current === null && (record.needsCode || record.state !== 'signed_in')
  }

  /** True if a later run has something to revoke this with. */
  survivesRestart(item: LedgerItem): boolean {
    if (this.#signedInAccount(item)) return true
    const { mintsFrom } = this.#ports.calls.driverOf(item) ?? {}
    return mintsFrom === 'session' && this.#liveSessionToken(item) !== undefined
  }

  /** The item's account, if it is still at the service that the item is from. */
  #sameAccount(item: LedgerItem): RevokingAccount | undefined {
    const account = this.#ports.findAccount(item.accountUid)
    return account && this.#isSameService(item, account.values) ? account : undefined
  }

  #signedInAccount(item: LedgerItem): RevokingAccount | undefined {
    const account = this.#sameAccount(item)
    return account?.record.state === 'signed_out' ? undefined : account
  }

  async #ofAccount(
    item: LedgerItem,
    account: RevokingAccount,
    credential: ProviderSession['credential'],
  ): Promise<RevocationSession | null> {
    const { uid, provider, session } = account
    if (this.#ports.calls.driverOf(item)?.mintsFrom === 'credential') {
      return {
        session: { values: this.reachableValues(item), credential },
        markRefused: () => undefined,
      }
    }
    const known = this.#liveSessionToken(item)
    if (!known && this.#lacksSession(item, account)) return null
    const held = known ?? (await session.token(0))
    if (!held || !isSameService(provider, held.values, item.values)) {
      throw new TokentrayError('temporarily_unavailable', 'The account is being changed.')
    }
    return {
      session: { values: this.reachableValues(item), credential, token: held.token },
      markRefused: () => {
        this.#refused.add(held)
        this.#refusals.count(uid)
        session.drop(held)
      },
    }
  }

  /** What is left after a log-out or a change: a credential in memory, a session token in the ledger. */
  #retainedSession(item: LedgerItem): RevocationSession | null {
    const kept = this.#retainedFor(item)
    const values = this.reachableValues(item)
    if (this.#ports.calls.driverOf(item)?.mintsFrom === 'session') {
      const held = this.#liveSessionToken(item)
      if (!held) return null
      const credential = kept?.session.credential ?? {}
      const markRefused = () => void this.#refused.add(held)
      return { session: { values, credential, token: held.token }, markRefused }
    }
    if (!kept) return null
    const markRefused = () => {
      const others = this.#retained.get(item.accountUid)?.filter((each) => each !== kept) ?? []
      this.#retained.set(item.accountUid, others)
    }
    return { session: { values, credential: kept.session.credential }, markRefused }
  }

  #retainedFor(item: LedgerItem): Retained | undefined {
    return this.#retained
      .get(item.accountUid)
      ?.find(({ values }) => this.#isSameService(item, values))
  }

  /** True if the account does not keep sessions any more. */
  #lacksSession(item: LedgerItem, { record, driver }: RevokingAccount): boolean {
    return (
      this.#ports.calls.driverOf(item)?.mintsFrom === 'session' &&
      !keepsSession(record.leaseKind, driver)
    )
  }

  #liveSessionToken(item: LedgerItem): HeldToken | undefined {
    const { ledger, isRevoking } = this.#ports
    return ledger
      .tokensOf(item.accountUid)
      .findLast(
        (held) =>
          this.#isUsable(held) && !isRevoking(held) && this.#isSameService(held, item.values),
      )
  }

  #isUsable(held: HeldToken): boolean {
    return held.kind === 'session' && held.lifetime.remainingMs > 0 && !this.#refused.has(held)
  }

  #isSameService({ provider: id, values: made }: LedgerItem, values: FormValues): boolean {
    const provider = this.#ports.calls.provider(id)
    return provider !== undefined && isSameService(provider, made, values)
  }
}

function loginFirst({ id }: RevokingAccount): TokentrayError {
  return new TokentrayError('login_required', `Log in to ${id} again.`, {
    account: id,
    hint: `Run "tokentray login ${id}".`,
  })
}
