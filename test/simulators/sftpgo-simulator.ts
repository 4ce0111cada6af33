import type { SftpgoKey } from './sftpgo-keys.ts'
import type { DefenderOptions, RateOptions } from './sftpgo-limits.ts'
import { SftpgoService } from './sftpgo-service.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'
import { totpCode } from './totp.ts'

/** The protocol, the password as a method, the address that it comes from, or one session more. */
export type Barrier = 'protocol' | 'method' | 'address' | 'sessions'

export interface SftpgoAccount {
  readonly username: string
  readonly password: string
  /** `user` unless said otherwise. */
  readonly role?: 'user' | 'admin'
  /** Base32; then a code is needed at the API. */
  readonly totpSecret?: string
  /** It is let in, and then answered 403 nearly everywhere. */
  readonly mustChangePassword?: boolean
  /** The same until it has a second factor for these protocols (`[]`: not said for which). */
  readonly mustEnrol?: readonly string[]
  /** It cannot log in, in the words of a wrong password; tokens that it has go on. */
  readonly disabled?: boolean
  /** The day is past until which a user was to be let in, which is the same. */
  readonly expired?: boolean
  /**
   * What is not allowed: a user is told with 403, whatever the code, when the password is right. To an
   * administrator only an address can be barred, which is never told.
   */
  readonly barred?: Barrier
  /** API keys may act for it; off unless said otherwise. */
  readonly allowApiKeyAuth?: boolean
  /** Of an administrator; everything (`*`) unless said otherwise. */
  readonly permissions?: readonly string[]
}

export interface SftpgoOptions extends SimulatorOptions {
  readonly accounts: readonly SftpgoAccount[]
  /** 20 unless said otherwise; the service allows 1 to 720. */
  readonly jwtLifetimeMinutes?: number
  /** Keeps the signing key over a restart. */
  readonly signingPassphrase?: string
  /** Off unless given, like the rate limiter. */
  readonly defender?: DefenderOptions
  readonly rate?: RateOptions
  readonly maxPerHostConnections?: number
  readonly disabledLogins?: readonly ('user' | 'admin')[]
  /** API keys are switched off for the server, which makes them all the same. */
  readonly keysOff?: boolean
  /** The names that it answers to; all unless given. */
  readonly allowedHosts?: readonly string[]
  /** Whoever comes without TLS is sent to https. */
  readonly httpsRedirect?: boolean
  /** As before there were any. */
  readonly withoutApiKeys?: boolean
}

export interface SftpgoSimulator extends Simulator {
  /** A new signing key unless there is a passphrase; revocations, bans and spent codes are lost. */
  restart(): void
  /** From now on requests come from another address. */
  changeClientIp(): void
  /** An administrator changes an account; what is in tokens stays as it was. */
  change(username: string, change: Partial<SftpgoAccount>): void
  /** The account and its keys are gone. */
  remove(username: string): void
  /** API keys are switched off for the server, or on again. */
  switchKeys(off: boolean): void
  /** How much longer our address is banned, milliseconds by the service's clock; 0 if it is not. */
  bannedForMs(): number
  /** Until when, by the service's clock, epoch milliseconds; 0 if it is not. */
  bannedUntil(): number
  /** The code that the person's authenticator shows now. */
  codeFor(username: string): string
  /** Every API key that was not deleted, in the order of the list. */
  apiKeys(): readonly SftpgoKey[]
  /** Somebody else makes that many keys, all of one name. */
  addApiKeys(count: number, name: string): void
}

/** A server that behaves at its REST API as SFTPGo does, errors included. */
export async function startSftpgoSimulator(options: SftpgoOptions): Promise<SftpgoSimulator> {
  const service = new SftpgoService(options, new SimulatorClock(options.now))
  const simulator = await startSimulator(service, options)
  return {
    ...simulator,
    restart: () => service.restart(),
    changeClientIp: () => service.changeClientIp(),
    change: (username, change) => service.accounts.change(username, change),
    remove: (username) => service.keys.dropOf(service.accounts.remove(username)),
    switchKeys(off) {
      service.keys.areOff = off
    },
    bannedForMs: () => service.bannedForMs(),
    bannedUntil: () => service.bannedUntil(),
    apiKeys: () => service.keys.all(),
    addApiKeys(count, name) {
      const strange = { name, scope: 1, user: '', admin: '', description: '', expires_at: 0 }
      for (let made = 0; made < count; made += 1) service.keys.add(strange)
    },
    codeFor(username) {
      const { totpSecret } = service.accounts.named(username)
      if (totpSecret === undefined) throw new Error(`${username} has no second factor.`)
      return totpCode(totpSecret, service.clock.now())
    },
  }
}
