import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../base/clock.ts'
import type { AccountId } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { HttpClient } from '../providers/http/http.ts'
import type { Provider } from '../providers/provider.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { SilenceStore } from '../settings/silences.ts'
import type { LedgerStore } from '../vault/ledger/ledger-store.ts'
import type { ListedVault } from '../vault/listed-vault.ts'
import type { LoginReason } from './session/login-reason.ts'

/** A question to the user: may this client have tokens of this account? */
export interface ConsentQuestion {
  readonly client: string
  readonly account: AccountId
  readonly reason?: string
}

/** Asks the user. The answer is `deny` if the user cannot be asked. */
export interface Consent {
  ask(question: ConsentQuestion, signal: AbortSignal): Promise<'allow' | 'deny'>
}

/** For headless use: what was not granted beforehand is denied. */
export const denyAll: Consent = { ask: async () => 'deny' }

/** Notifies the user of what needs their attention. Called once for each occasion, never with a secret. */
export interface Notify {
  loginRequired(account: AccountId, reason: LoginReason | null): void
  /** A host has blocked requests for a time: what happened and until when, as a sentence. */
  hostSilent(message: string): void
}

/** What a broker needs. */
export interface BrokerPorts {
  readonly providers: readonly Provider[]
  readonly http: HttpClient
  readonly vault: ListedVault
  readonly ledgerStore: LedgerStore
  readonly settings: SettingsStore
  readonly silences: SilenceStore
  readonly audit: Audit
  readonly consent: Consent
  readonly notify: Notify
  readonly clock: Clock
  readonly log: Log
  /** 0 to 1, for jitter. */
  readonly random: () => number
  /** How long a request waits for an unlock. */
  readonly lockWaitMs: number
  /** The command line for services that take one in a header, for calls that no client has caused. */
  readonly commandLine?: readonly string[]
}
