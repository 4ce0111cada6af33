import type { Activity } from '../audit/activity.ts'
import type { Broker } from '../broker/broker.ts'
import type { RemainingTokens } from '../broker/revocation/remaining-tokens.ts'

/** Tokentray while it runs, as the composition hands it over. */
export interface Running {
  readonly broker: Broker
  /** The record, to be read. */
  readonly activity: Pick<Activity, 'read' | 'on'>
  readonly issuer: string
  readonly version: string
  /** What to say of the kept port while another program has it; `null` if none has. */
  portTrouble(): { readonly port: number; readonly message: string; readonly hint: string } | null
  /** What the person should know about the start. */
  readonly notices: readonly string[]
  /** Resolves when the keychain was tried. */
  readonly started: Promise<void>
  /** Resolves when another process has become the broker: this one must stop. */
  readonly lost: Promise<void>
  /** Takes away, at once, what leads to the endpoint: for an end that nobody waits for. */
  leave(): void
  /** Ends every token it can in `deadlineMs`; resolves to how many are left, and what becomes of them. */
  stop(deadlineMs: number): Promise<RemainingTokens>
}
