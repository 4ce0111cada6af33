import type { SftpgoKey } from './sftpgo-keys.ts'
import type { DefenderOptions, RateOptions } from './sftpgo-limits.ts'
import { SftpgoService } from './sftpgo-service.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'
import { totpCode } from './totp.ts'

/** The protocol, password login, the client's address, or another session. */
export type Barrier = 'protocol' | 'method' | 'address' | 'sessions'

export interface SftpgoAccount {
  readonly username: string
  readonly password: string
  /** `user` by default. */
  readonly role?: 'user' | 'admin'
  /** Base32; if set, the API requires a code. */
  readonly totpSecret?: string
  /** Its login succeeds, but nearly every other request gets 403. */
  readonly mustChangePassword?: boolean
  /** The same until it has a second factor for these protocols (`[]`: without naming them). */
  readonly mustEnrol?: readonly string[]
  /** Its login fails like a wrong password; its existing tokens stay valid. */
  readonly disabled?: boolean
  /** The user's expiry date is past, which has the same effect. */
  readonly expired?: boolean
  /**
   * What is not allowed: with the right password a user gets 403, whatever the code. An administrator
   * can only be restricted by address, which is not reported.
   */
  readonly barred?: Barrier
  /** Whether API keys may act for it; off by default. */
  readonly allowApiKeyAuth?: boolean
  /** Of an administrator; everything (`*`) by default. */
  readonly permissions?: readonly string[]
}

export interface SftpgoOptions extends SimulatorOptions {
  readonly accounts: readonly SftpgoAccount[]
  /** 20 by default; the service allows 1 to 720. */
  readonly jwtLifetimeMinutes?: number
  /** Keeps the signing key over a restart. */
  readonly signingPassphrase?: string
  /** Off by default, like the rate limiter. */
  readonly defender?: DefenderOptions
  readonly rate?: RateOptions
  readonly maxPerHostConnections?: number
  readonly disabledLogins?: readonly ('user' | 'admin')[]
  /** API keys are disabled on the server; they can still be created. */
  readonly keysOff?: boolean
  /** The host names that it serves; all by default. */
  readonly allowedHosts?: readonly string[]
  /** Requests without TLS are redirected to https. */
  readonly httpsRedirect?: boolean
  /** As in versions without API keys. */
  readonly withoutApiKeys?: boolean
}

export interface SftpgoSimulator extends Simulator {
  /** A new signing key unless there is a passphrase; revocations, bans and spent codes are lost. */
  restart(): void
  /** From now on requests come from another address. */
  changeClientIp(): void
  /** Changes an account; the claims of existing tokens do not change. */
  change(username: string, change: Partial<SftpgoAccount>): void
  /** Deletes the account and its keys. */
  remove(username: string): void
  /** Disables API keys on the server, or enables them again. */
  switchKeys(off: boolean): void
  /** The remaining ban of our address, in milliseconds by the service's clock; 0 if it is not banned. */
  bannedForMs(): number
  /** The end of that ban by the service's clock, in epoch milliseconds; 0 if it is not banned. */
  bannedUntil(): number
  /** The code that the user's authenticator shows now. */
  codeFor(username: string): string
  /** Every API key that was not deleted, in list order. */
  apiKeys(): readonly SftpgoKey[]
  /** Creates that many keys of another program, all with one name. */
  addApiKeys(count: number, name: string): void
}

/** A server that behaves like SFTPGo's REST API, errors included. */
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
