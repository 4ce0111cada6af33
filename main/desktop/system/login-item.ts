import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { App } from 'electron'
import { TokentrayError } from '../../base/errors.ts'
import { refuseLink } from '../../base/files/links.ts'

/** Starting at login, as the system keeps it: nobody else stores whether it is on. */
export interface LoginItem {
  /** Whether the system will start Tokentray at the next login. */
  isOn(): boolean
  /** Throws `record_unavailable` where that cannot be written down. */
  set(on: boolean): void
}

interface LoginItemPorts {
  readonly platform: NodeJS.Platform
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** The program and its arguments; in development the arguments name the app. */
  readonly exec: readonly [string, ...string[]]
}

/** The login item of this system: on Linux an autostart entry, elsewhere what Electron makes. */
export function createLoginItem({ platform, app, env, exec }: LoginItemPorts): LoginItem {
  if (platform === 'linux') return createAutostart(autostartFile(env), commandOf(env, exec))
  // Windows alone takes a path, and finds its entry again by path and arguments. Electron quotes what it
  // writes there, but what it looks for only up to the first blank (browser_win.cc).
  const [program, ...args] = exec
  const which = platform === 'win32' ? { path: `"${program}"`, args } : {}
  return {
    isOn() {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(which)
      // Switched off in Windows' Task Manager, the entry is still there.
      return openAtLogin && (platform !== 'win32' || executableWillLaunchAtLogin)
    },
    set: (on) => app.setLoginItemSettings({ ...which, openAtLogin: on }),
  }
}

/** As the Desktop Application Autostart Specification places it, which ignores relative paths. */
function autostartFile(env: LoginItemPorts['env']): string {
  const config = env['XDG_CONFIG_HOME']
  const folder =
    config && path.isAbsolute(config) ? config : path.join(env['HOME'] || homedir(), '.config')
  return path.join(folder, 'autostart', 'tokentray.desktop')
}

/** An AppImage is mounted elsewhere at each start: only the file itself can be started again. */
function commandOf(
  env: LoginItemPorts['env'],
  [program, ...args]: LoginItemPorts['exec'],
): LoginItemPorts['exec'] {
  const image = env['APPIMAGE']
  return [image && path.isAbsolute(image) ? image : program, ...args]
}

function createAutostart(file: string, command: LoginItemPorts['exec']): LoginItem {
  return {
    isOn() {
      const entry = readEntry(file)
      // `Hidden` deletes it by the specification; the other key is what GNOME's settings write.
      return (
        entry !== null &&
        entry.get('Hidden') !== 'true' &&
        entry.get('X-GNOME-Autostart-enabled') !== 'false'
      )
    },
    set(on) {
      try {
        refuseLink(file, 'Remove the link, and set this again.')
        if (on) replace(file, toEntry(command))
        else rmSync(file, { force: true })
      } catch (error) {
        if (error instanceof TokentrayError) throw error
        throw new TokentrayError('record_unavailable', `${file} cannot be written.`, {
          cause: error,
        })
      }
    },
  }
}

/** A rename puts the whole entry in place of the old one: a login never reads half of it. */
function replace(file: string, content: string): void {
  const beside = `${file}.${process.pid}.tmp`
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  rmSync(beside, { force: true })
  try {
    writeFileSync(beside, content, { flag: 'wx', mode: 0o644 })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function toEntry(command: LoginItemPorts['exec']): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Tokentray',
    'Comment=Hands short-lived tokens to local tools',
    `Exec=${toValue(command.map(toArgument).join(' '))}`,
    // Without it a login would complain of an AppImage that was deleted since.
    `TryExec=${toValue(command[0])}`,
    // As the packages install it.
    'Icon=tokentray-app',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/**
 * One argument of `Exec` by the Desktop Entry Specification ("The Exec key"): in double quotes, with
 * a backslash before what a shell would expand, and `%` doubled because it begins a field code.
 */
function toArgument(text: string): string {
  return `"${text.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`
}

/** A value of type string, where a backslash is an escape of its own: it comes after the quoting. */
function toValue(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}

/** The keys of the main group; `null` where there is no such file. */
function readEntry(file: string): ReadonlyMap<string, string> | null {
  const keys = new Map<string, string>()
  let group = ''
  for (const line of readText(file)?.split('\n') ?? []) {
    const [, name] = /^\[(.*)\]\s*$/.exec(line) ?? []
    if (name !== undefined) group = name
    const [, key = '', value = ''] = /^([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key && group === 'Desktop Entry') keys.set(key, value)
  }
  return keys.size > 0 ? keys : null
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not there, or nothing that a login could read either.
    return null
  }
}
