import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** The program of a real SFTPGo: `SFTPGO_BIN` names it, or it is `sftpgo` on the PATH; else `null`. */
export function findSftpgo(env: NodeJS.ProcessEnv = process.env): string | null {
  const onPath = (env['PATH'] ?? '').split(path.delimiter).map((each) => path.join(each, 'sftpgo'))
  for (const program of [env['SFTPGO_BIN'] ?? '', ...onPath]) {
    if (program === '') continue
    try {
      accessSync(program, constants.X_OK)
      return program
    } catch {
      // Not there; the next place is tried.
    }
  }
  return null
}
