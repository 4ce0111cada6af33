import type { AccountId } from '../base/ids.ts'
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
