/** The kinds of recorded events that a list of them can be limited to; each event has one. */
export const activityKinds = ['tokens', 'logins', 'changes', 'refusals'] as const

export type ActivityKind = (typeof activityKinds)[number]
