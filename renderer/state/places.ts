/** A place in the window: a screen, and the account, provider or tool it shows. */
export type Place =
  | { readonly at: 'accounts' | 'leases' | 'tools' | 'activity' | 'settings' | 'licenses' }
  | { readonly at: 'add'; readonly provider?: string }
  | { readonly at: 'add-tool' }
  | { readonly at: 'tool'; readonly tool: string }
  | { readonly at: 'account' | 'login' | 'tokens' | 'portal'; readonly account: string }

type Screen = Place['at']

/** Every screen: `top` ones are in the bar at the top, `on` ones are reached from another screen and lead back to it. */
const REACHED = {
  accounts: 'top',
  leases: 'top',
  tools: 'top',
  activity: 'top',
  settings: 'top',
  add: 'on',
  'add-tool': 'on',
  tool: 'on',
  account: 'on',
  login: 'on',
  tokens: 'on',
  portal: 'on',
  licenses: 'on',
} as const satisfies Record<Screen, 'top' | 'on'>

export const SCREENS = Object.keys(REACHED) as readonly Screen[]

export const isTop = ({ at }: Place): boolean => REACHED[at] === 'top'

/** The states of the app that are shown instead of any screen. */
export const STATES = ['starting', 'stopping', 'blocked', 'locked'] as const

export type AppState = (typeof STATES)[number]
