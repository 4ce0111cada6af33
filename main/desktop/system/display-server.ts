/** The switch by which Chromium is told which display server to use. */
interface CommandLine {
  getSwitchValue(name: string): string
}

/**
 * True where our windows are those of a Wayland compositor. Electron 38 and later goes by the kind of the
 * session, or by the only display there is; a switch outdoes both (ui/ozone/platform_selection.cc).
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
