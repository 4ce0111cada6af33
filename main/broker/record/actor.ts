/** Who does something, and by which route; every line of the audit record has it. */
export interface Actor {
  readonly name: string
  /**
   * `oauth`: a tool, by the OAuth endpoint. `v1`, `window` and `tray`: the user, by the command line, the
   * window or the tray menu. `broker`: Tokentray itself.
   */
  readonly route: 'oauth' | 'v1' | 'window' | 'tray' | 'broker'
}

/** For what was not requested, but caused by time, by a service or by the system. */
export const program: Actor = { name: 'tokentray', route: 'broker' }
