/** The longest texts that the page sends, in UTF-16 code units; login forms have their own limits. */
export const longest = { search: 200, application: 1_024 } as const
