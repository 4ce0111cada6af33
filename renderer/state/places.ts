/** Where the person is. */
export type Place =
  | { readonly at: 'accounts' | 'leases' | 'activity' | 'settings' }
  | { readonly at: 'add'; readonly provider?: string }
  | { readonly at: 'account' | 'login' | 'tokens' | 'portal'; readonly account: string }

type Screen = Place['at']

/** Every screen, and how it is reached: from the top, or from another one, to which there is a way back. */
const REACHED = {
  accounts: 'top',
  leases: 'top',
  activity: 'top',
  settings: 'top',
  add: 'on',
  account: 'on',
  login: 'on',
  tokens: 'on',
  portal: 'on',
} as const satisfies Record<Screen, 'top' | 'on'>

export const SCREENS = Object.keys(REACHED) as readonly Screen[]

export const isTop = ({ at }: Place): boolean => REACHED[at] === 'top'

/** What is shown in place of all screens while the program is in that state. */
export const STATES = ['starting', 'stopping', 'blocked', 'locked'] as const

export type WholeState = (typeof STATES)[number]
