import { accessSync, constants } from 'node:fs'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** Electron's own binary, if it is installed here or `ELECTRON_OVERRIDE_DIST_PATH` names it. */
export function findElectron(env: NodeJS.ProcessEnv = process.env): string | null {
  const installed = path.join(ROOT, 'node_modules', 'electron', 'dist')
  for (const folder of [env['ELECTRON_OVERRIDE_DIST_PATH'], installed]) {
    const binary = path.join(folder || '/nonexistent', 'electron')
    try {
      accessSync(binary, constants.X_OK)
      return binary
    } catch {
      // Not there; the next place is tried.
    }
  }
  return null
}
