import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** The path of a real SFTPGo: `SFTPGO_BIN`, or else `sftpgo` on the PATH; `null` without one. */
export function findSftpgo(env: NodeJS.ProcessEnv = process.env): string | null {
  const onPath = (env['PATH'] ?? '').split(path.delimiter).map((each) => path.join(each, 'sftpgo'))
  for (const program of [env['SFTPGO_BIN'] ?? '', ...onPath]) {
    if (program === '') continue
    try {
      accessSync(program, constants.X_OK)
      return program
    } catch {
      // Not here: try the next one.
    }
  }
  return null
}
