import { userInfo } from 'node:os'
import path from 'node:path'

/** Where this user's Tokentray keeps its files; the desktop app and the agent use the same. */
export interface Directories {
  /** Settings. */
  readonly config: string
  /** Ledger, audit, lock. */
  readonly data: string
  /** `endpoint.json` and `owner.key`: only while it runs. */
  readonly run: string
  /**
   * Where a Tokentray that this user started in another kind of session may keep these two: programs
   * run by cron, su or a snap have other variables than those of the desktop.
   */
  readonly others: readonly Pick<Directories, 'data' | 'run'>[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** The user of this process, according to the system. */
interface User {
  readonly uid: number
  readonly homedir: string
}

/**
 * `TOKENTRAY_HOME` overrides everything. Otherwise Linux follows the XDG base directory specification,
 * which says to ignore relative paths; macOS and Windows have one folder each.
 */
export function findDirectories(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user: User = findUser(),
): Directories {
  const override = env['TOKENTRAY_HOME']
  if (override) return inOneFolder(path.resolve(override))
  const absolute = (name: string) => {
    const value = env[name]
    return value && path.isAbsolute(value) ? value : undefined
  }
  const home = absolute(platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? user.homedir
  if (platform === 'darwin') {
    return inOneFolder(path.join(home, 'Library', 'Application Support', 'Tokentray'))
  }
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local')
    return inOneFolder(path.join(local, 'Tokentray'))
  }
  const usual = path.join(home, '.local', 'state', 'tokentray')
  const state = absolute('XDG_STATE_HOME')
  const data = state ? path.join(state, 'tokentray') : usual
  const runtime = absolute('XDG_RUNTIME_DIR')
  const beside = path.join(data, 'run')
  return {
    config: path.join(absolute('XDG_CONFIG_HOME') ?? path.join(home, '.config'), 'tokentray'),
    data,
    run: runtime ? path.join(runtime, 'tokentray') : beside,
    others: [
      // Not with another HOME, chosen for a trial run for example.
      ...(home === user.homedir
        ? [{ data, run: path.join('/run/user', String(user.uid), 'tokentray') }]
        : []),
      { data, run: beside },
      ...(usual === data ? [] : [{ data: usual, run: path.join(usual, 'run') }]),
    ],
  }
}

function findUser(): User {
  try {
    return userInfo()
  } catch {
    // The system has no entry for this user, as in some containers: only HOME can tell.
    return { uid: process.getuid?.() ?? -1, homedir: path.parse(process.cwd()).root }
  }
}

function inOneFolder(folder: string): Directories {
  const [data, run] = [path.join(folder, 'data'), path.join(folder, 'run')]
  return { config: folder, data, run, others: [] }
}
