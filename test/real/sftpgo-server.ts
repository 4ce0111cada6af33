import { registerSecret } from '../helpers/marks.ts'
import {
  type SftpgoAccount,
  type SftpgoOptions,
  startSftpgoSimulator,
} from '../simulators/sftpgo-simulator.ts'

/** The settings that both a real SFTPGo and the simulator have. */
export type SftpgoSetUp = Pick<
  SftpgoOptions,
  | 'accounts'
  | 'defender'
  | 'rate'
  | 'keysOff'
  | 'disabledLogins'
  | 'tls'
  | 'allowedHosts'
  | 'httpsRedirect'
>

/** An SFTPGo, real or simulated, with its administration. */
export interface SftpgoServer {
  /** Without a trailing slash. */
  readonly url: string
  /** The headers that every request of a client needs. */
  headers(): Readonly<Record<string, string>>
  /** From now on requests come from another address. */
  moveAway(): void
  change(username: string, change: Partial<SftpgoAccount>): Promise<void>
  /** Deletes the account and its keys. */
  remove(username: string): Promise<void>
  /** When the ban of our address ends, epoch milliseconds; 0 if it is not banned. */
  bannedUntil(): Promise<number>
  liftBan(): Promise<void>
  keyCount(): Promise<number>
  /** The time by the server's clock, epoch milliseconds. */
  now(): number
  close(): Promise<void>
}

/** Starts the simulator. */
export async function startSimulated(setUp: SftpgoSetUp): Promise<SftpgoServer> {
  const simulator = await startSftpgoSimulator({ onToken: registerSecret, ...setUp })
  const { clock } = simulator
  return {
    url: simulator.url,
    headers: () => ({}),
    moveAway: () => simulator.changeClientIp(),
    change: async (username, change) => simulator.change(username, change),
    remove: async (username) => simulator.remove(username),
    bannedUntil: async () => simulator.bannedUntil(),
    liftBan: async () => clock.advance(simulator.bannedForMs()),
    keyCount: async () => simulator.apiKeys().length,
    now: () => clock.now(),
    close: () => simulator.close(),
  }
}
