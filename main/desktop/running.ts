import type { Activity } from '../audit/activity.ts'
import type { Broker } from '../broker/broker.ts'
import type { RemainingTokens } from '../broker/revocation/remaining-tokens.ts'

/** A running Tokentray, as `main/compose.ts` creates it. */
export interface Running {
  readonly broker: Broker
  /** The audit log, for reading. */
  readonly activity: Pick<Activity, 'read' | 'on' | 'precedence'>
  readonly issuer: string
  /** The path of the Unix socket; `null` if there is none. */
  socket(): string | null
  readonly version: string
  /** The message while another program uses the fixed port; `null` otherwise. */
  portTrouble(): { readonly port: number; readonly message: string; readonly hint: string } | null
  /** Messages about the start for the user. */
  readonly notices: readonly string[]
  /** Resolves when the keychain was tried. */
  readonly started: Promise<void>
  /** Resolves when another process has become the broker and this one must stop. */
  readonly lost: Promise<void>
  /** Immediately removes the files that lead to the endpoint, for an exit that does not wait. */
  leave(): void
  /** Revokes every token it can within `deadlineMs`; resolves to how many are left and what happens to them. */
  stop(deadlineMs: number): Promise<RemainingTokens>
}
