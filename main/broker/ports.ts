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

/** A question to the person: may this client have tokens of this account? */
export interface ConsentQuestion {
  readonly client: string
  readonly account: AccountId
  readonly reason?: string
}

/** Asks the person. Where nobody can be asked the answer is `deny`. */
export interface Consent {
  ask(question: ConsentQuestion, signal: AbortSignal): Promise<'allow' | 'deny'>
}

/** Nobody sits there: what was not granted beforehand is denied. */
export const denyAll: Consent = { ask: async () => 'deny' }

/** Tells the person what they should know at once, most of it what only they can mend. Called once for each occasion, never with a secret. */
export interface Notify {
  loginRequired(account: AccountId, reason: LoginReason | null): void
  /** A service wants to be left alone: what happened and until when, in a sentence. */
  hostSilent(message: string): void
}

/** What a broker is made over. */
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
  /** What to name in the command-line header of services that take one, where nobody has asked. */
  readonly commandLine?: readonly string[]
}
