import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { App } from 'electron'
import { TokentrayError } from '../../base/errors.ts'
import { refuseLink } from '../../base/files/links.ts'

/** Start at login. Only the system stores whether it is on. */
export interface LoginItem {
  /** Whether the system will start Tokentray at the next login. */
  isOn(): boolean
  /** Throws `record_unavailable` if it cannot be written. */
  set(on: boolean): void
}

interface LoginItemPorts {
  readonly platform: NodeJS.Platform
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** The program and its arguments; in development the arguments name the app. */
  readonly exec: readonly [string, ...string[]]
}

/** The login item of this system: an autostart entry on Linux, Electron's elsewhere. */
export function createLoginItem({ platform, app, env, exec }: LoginItemPorts): LoginItem {
  if (platform === 'linux') return createAutostart(autostartFile(env), commandOf(env, exec))
  // Only Windows takes a path, and finds its entry by path and arguments. Electron quotes the path when it
  // writes the entry, but reads an unquoted one only up to the first space (browser_win.cc).
  const [program, ...args] = exec
  const which = platform === 'win32' ? { path: `"${program}"`, args } : {}
  return {
    isOn() {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(which)
      // If it was disabled in Task Manager, the entry still exists.
      return openAtLogin && (platform !== 'win32' || executableWillLaunchAtLogin)
    },
    set: (on) => app.setLoginItemSettings({ ...which, openAtLogin: on }),
  }
}

/** The path by the Desktop Application Autostart Specification, which ignores relative paths. */
function autostartFile(env: LoginItemPorts['env']): string {
  const config = env['XDG_CONFIG_HOME']
  const folder =
    config && path.isAbsolute(config) ? config : path.join(env['HOME'] || homedir(), '.config')
  return path.join(folder, 'autostart', 'tokentray.desktop')
}

/** An AppImage is mounted at another path on each start, so the entry starts the file itself. */
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
      // By the specification `Hidden` means deleted; GNOME's settings write the other key.
      return (
        entry !== null &&
        entry.get('Hidden') !== 'true' &&
        entry.get('X-GNOME-Autostart-enabled') !== 'false'
      )
    },
    set(on) {
      try {
        refuseLink(file, 'Remove the link, then try again.')
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

/** Replaces the entry with a rename, so that a login never reads half of it. */
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
    'Comment=Give local tools short-lived tokens',
    `Exec=${toValue(command.map(toArgument).join(' '))}`,
    // Without it a login would report an error for an AppImage that was deleted since.
    `TryExec=${toValue(command[0])}`,
    // The name under which the packages install the icon.
    'Icon=tokentray-app',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/**
 * One argument of `Exec` by the Desktop Entry Specification ("The Exec key"): double-quoted, with a
 * backslash before characters that a shell would expand, and with `%` doubled, because it starts a
 * field code.
 */
function toArgument(text: string): string {
  return `"${text.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`
}

/** A value of type string, with its own backslash escapes; applied after the quoting. */
function toValue(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}

/** The keys of the main group; `null` if there is no readable file. */
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
    // Missing, or unreadable for a login as well.
    return null
  }
}
