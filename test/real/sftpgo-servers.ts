import { startReal } from './sftpgo-admin.ts'
import { findSftpgo } from './sftpgo-binary.ts'
import { type SftpgoServer, type SftpgoSetUp, startSimulated } from './sftpgo-server.ts'

export type { SftpgoServer, SftpgoSetUp }

const program = findSftpgo()

/** The servers to run each test against, by name: the simulator, and a real server if there is one. */
export const sftpgoServers: Readonly<
  Record<string, (setUp: SftpgoSetUp) => Promise<SftpgoServer>>
> = {
  'a simulated SFTPGo': startSimulated,
  ...(program !== null && { 'a real SFTPGo': (setUp: SftpgoSetUp) => startReal(program, setUp) }),
}
