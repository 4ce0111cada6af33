import { homedir } from 'node:os'
import path from 'node:path'

/** Where this user's Tokentray keeps its files; the desktop app and the agent use the same. */
export interface Directories {
  /** Settings. */
  readonly config: string
  /** Ledger, audit, lock. */
  readonly data: string
  /** `endpoint.json` and `owner.key`: only while it runs. */
  readonly run: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * `TOKENTRAY_HOME` overrides everything. Else Linux follows the XDG base directory specification
 * (a relative path there is ignored, as it demands), macOS and Windows have one folder of their own.
 */
export function findDirectories(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): Directories {
  const override = env['TOKENTRAY_HOME']
  if (override) return inOneFolder(path.resolve(override))
  if (platform === 'darwin') {
    return inOneFolder(path.join(home, 'Library', 'Application Support', 'Tokentray'))
  }
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local')
    return inOneFolder(path.join(local, 'Tokentray'))
  }
  const xdg = (name: string) => {
    const value = env[name]
    return value && path.isAbsolute(value) ? value : undefined
  }
  const data = path.join(xdg('XDG_STATE_HOME') ?? path.join(home, '.local', 'state'), 'tokentray')
  const runtime = xdg('XDG_RUNTIME_DIR')
  return {
    config: path.join(xdg('XDG_CONFIG_HOME') ?? path.join(home, '.config'), 'tokentray'),
    data,
    run: runtime ? path.join(runtime, 'tokentray') : path.join(data, 'run'),
  }
}

function inOneFolder(folder: string): Directories {
  return { config: folder, data: path.join(folder, 'data'), run: path.join(folder, 'run') }
}
