import { registerSecret } from '../helpers/marks.ts'
import {
  type SftpgoAccount,
  type SftpgoOptions,
  startSftpgoSimulator,
} from '../simulators/sftpgo-simulator.ts'

/** What both a real SFTPGo and the simulator can be set to. */
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

/** An SFTPGo, real or simulated, and who administers it. */
export interface SftpgoServer {
  /** Without a slash at the end. */
  readonly url: string
  /** What every request of a client has to carry. */
  headers(): Readonly<Record<string, string>>
  /** From now on requests come from another address. */
  moveAway(): void
  change(username: string, change: Partial<SftpgoAccount>): Promise<void>
  /** The account and its keys are gone. */
  remove(username: string): Promise<void>
  /** Until when our address is banned, epoch milliseconds; 0 if it is not. */
  bannedUntil(): Promise<number>
  liftBan(): Promise<void>
  keyCount(): Promise<number>
  /** The time at the server, epoch milliseconds. */
  now(): number
  close(): Promise<void>
}

/** The simulator. */
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
