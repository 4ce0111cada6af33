/** The name under which the page finds the bridge. */
export const BRIDGE_NAME = 'tokentray'

/** What the page may ask of the main process: nothing yet. */
export type Bridge = Readonly<Record<string, never>>
