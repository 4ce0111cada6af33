/** Who does something, and by what way it comes in: that stands on every line of the record. */
export interface Actor {
  readonly name: string
  /**
   * `oauth`: a tool, by its endpoint. `v1`, `window` and `tray`: the person, by the command line, the
   * window or the menu of the icon. `broker`: Tokentray by itself.
   */
  readonly route: 'oauth' | 'v1' | 'window' | 'tray' | 'broker'
}

/** What nobody has asked for: it came by time, by a service, or by the system. */
export const program: Actor = { name: 'tokentray', route: 'broker' }
