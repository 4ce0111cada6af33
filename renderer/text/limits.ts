/** How much the page sends of what a person types, in UTF-16 code units; login forms say it by field. */
export const longest = { search: 200, application: 1_024 } as const
