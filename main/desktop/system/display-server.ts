/** Chromium's command-line switches. */
interface CommandLine {
  getSwitchValue(name: string): string
}

/**
 * True if our windows are Wayland windows. Electron 38 and later decide by the session type, or by the
 * only available display; a switch overrides both (ui/ozone/platform_selection.cc).
 */
export function isWayland(
  env: Readonly<Record<string, string | undefined>>,
  commandLine: CommandLine,
): boolean {
  const chosen = commandLine.getSwitchValue('ozone-platform')
  if (chosen !== '') return chosen === 'wayland'
  if (env['XDG_SESSION_TYPE'] === 'wayland') return true
  return Boolean(env['WAYLAND_DISPLAY']) && !env['DISPLAY']
}
